// SPDX-License-Identifier: Apache-2.0
// Selection of boxes.
#include "tools/import/tflite/custom_options.h"

namespace inlay::tools::tflite_import {

void read_detection_postprocess(OpReader& r) {
  const CustomOptions o(r);
  inlay_detection d = {};
  d.max_detections = o.integer("max_detections");
  d.max_classes_per_detection = o.integer("max_classes_per_detection");
  d.regular_nms = o.integer("use_regular_nms", 0) != 0 ? 1 : 0;
  d.detections_per_class = o.integer("detections_per_class", 100);
  d.num_classes = o.integer("num_classes");
  d.score_threshold = o.real("nms_score_threshold");
  d.iou_threshold = o.real("nms_iou_threshold");
  d.scale_y = o.real("y_scale");
  d.scale_x = o.real("x_scale");
  d.scale_h = o.real("h_scale");
  d.scale_w = o.real("w_scale");
  r.node.kind = INLAY_OP_DETECTION_POSTPROCESS;
  r.node.params = d;
}

void read_non_max_suppression_v4(OpReader& r) { r.node.kind = INLAY_OP_NON_MAX_SUPPRESSION_V4; }
void read_non_max_suppression_v5(OpReader& r) { r.node.kind = INLAY_OP_NON_MAX_SUPPRESSION_V5; }

}  // namespace inlay::tools::tflite_import
