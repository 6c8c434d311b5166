# SPDX-License-Identifier: Apache-2.0
"""Lines behind the last detection are garbage in LiteRT: every case fills all of them."""
import numpy as np
from conformance import Case, const, out, t


def options(detections, classes, **more):
    known = dict(max_detections=detections, max_classes_per_detection=1, num_classes=classes, nms_score_threshold=0.0,
                 nms_iou_threshold=0.5, y_scale=10.0, x_scale=10.0, h_scale=5.0, w_scale=5.0)
    return {**known, **more}


def grid(boxes):
    """Anchors 1 x 1 in a row, apart from each other."""
    return np.stack([np.arange(boxes) * 1.5, np.ones(boxes), np.ones(boxes), np.ones(boxes)], 1).astype(np.float32)


def outputs(rows):
    return [out("float32", (1, rows, 4)), out("float32", (1, rows)), out("float32", (1, rows)), out("float32", (1,))]


def case(name, boxes, columns, chosen, anchors=None, codes=None, scores=None):
    codes = codes or t("float32", (1, boxes, 4), low=-2, high=2)
    scores = scores or t("float32", (1, boxes, columns), low=0.1, high=1)
    anchors = anchors or const(grid(boxes))
    return Case(name, "CUSTOM:TFLite_Detection_PostProcess", [codes, scores, anchors],
                outputs(chosen["max_detections"] * chosen["max_classes_per_detection"]), options=chosen)


def steps_of(shape, levels, seed):
    """Scores of a few levels: ties."""
    return (np.random.default_rng(seed).integers(1, levels, shape) / levels).astype(np.float32)


def cases():
    for regular in (False, True):
        name = "regular" if regular else "fast"
        more = dict(use_regular_nms=regular, detections_per_class=3)
        yield case(f"f32_{name}", 12, 4, options(5, 3, **more))
        yield case(f"f32_{name}_one_class", 9, 1, options(4, 1, **more))
        yield case(f"f32_{name}_no_background", 12, 4, options(5, 4, **more))
        ties = t("float32", (1, 14, 5), values=steps_of((1, 14, 5), 4, 3))
        yield case(f"f32_{name}_ties", 14, 5, options(6, 4, **more), scores=ties,
                   codes=t("float32", (1, 14, 4), values=np.zeros((1, 14, 4))))
        yield case(f"f32_{name}_low_overlap", 14, 5, options(2, 4, nms_iou_threshold=0.05, **more))
        yield case(f"f32_{name}_threshold", 14, 3, options(3, 2, nms_score_threshold=0.3, **more))
        yield case(f"u8_{name}", 12, 4, options(5, 3, **more),
                   codes=t("uint8", (1, 12, 4), scale=0.08, zp=130, low=100, high=160),
                   scores=t("uint8", (1, 12, 4), scale=1 / 256, zp=0),
                   anchors=const(np.linspace(30, 250, 48).astype(np.uint8).reshape(12, 4), scale=0.02, zp=0))
    for most in (2, 3):
        scores = t("float32", (1, 10, 7), values=steps_of((1, 10, 7), 5, most))
        yield case(f"f32_fast_{most}_classes_ties", 10, 7, options(4, 6, max_classes_per_detection=most), scores=scores)
