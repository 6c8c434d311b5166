# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def scalar(value, dtype=np.float32):
    return const(np.array(value, dtype))


def boxes(count, seed, grid):
    rng = np.random.default_rng(seed)
    corner = rng.integers(0, 5, (count, 2)) / 2 if grid else rng.uniform(0, 2, (count, 2))
    size = rng.integers(1, 4, (count, 2)) / 2 if grid else rng.uniform(0.2, 1, (count, 2))
    return np.concatenate([corner, corner + size], 1).astype(np.float32)


def case(name, count, results, overlap=0.5, score=0.0, grid=False, ties=False, swap=False):
    corners = boxes(count, len(name), grid)
    if swap:
        corners = np.ascontiguousarray(corners[:, [2, 1, 0, 3]])
    scores = t("float32", (count,), low=0.0, high=1.0)
    if ties:
        scores = t("float32", (count,), values=np.random.default_rng(count).integers(1, 5, count) / 4)
    inputs = [t("float32", (count, 4), values=corners), scores, scalar(results, np.int32), scalar(overlap), scalar(score)]
    return Case(name, "NON_MAX_SUPPRESSION_V4", inputs, [out("int32", (results,)), out("int32", ())])


def cases():
    yield case("few", 12, 4)
    yield case("all", 12, 20)
    yield case("one_box", 1, 3)
    yield case("one_result", 9, 1)
    yield case("ties", 16, 16, ties=True)
    yield case("ties_on_a_grid", 20, 12, overlap=0.6, ties=True, grid=True)
    yield case("overlap_equal_to_the_threshold", 18, 18, overlap=1 / 3, grid=True)
    yield case("score_threshold", 16, 16, score=0.5, ties=True)
    yield case("opposite_corners", 12, 8, swap=True)
    yield case("nothing_left", 5, 3, score=2.0)
