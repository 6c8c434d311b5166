# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, ids, count, **limits):
    ids = np.array(ids, np.int32)
    return Case(name, "UNSORTED_SEGMENT_MIN", [t(dtype, shape, **limits), t("int32", ids.shape, values=ids), const(np.int32(count))],
                [out(dtype, (count,) + shape[ids.ndim:])])


def cases():
    yield case("f32_rows", "float32", (5, 3), [2, 0, 2, 1, 0], 3)
    yield case("f32_1d", "float32", (5,), [2, 0, 2, 1, 0], 3)
    yield case("f32_2d_ids", "float32", (2, 2, 3), [[1, 0], [1, 1]], 2)
    yield case("f32_empty_segment", "float32", (3, 2), [2, 0, 2], 4)
    yield case("f32_negative_id", "float32", (3, 2), [1, -1, 0], 2)
    yield case("s32", "int32", (5, 3), [2, 0, 2, 1, 0], 3, low=-100, high=100)
