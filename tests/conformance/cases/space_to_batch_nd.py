# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, block, pads, **q):
    sizes = [(n + sum(p)) // b for n, p, b in zip(shape[1:-1], pads, block)]
    return Case(name, "SPACE_TO_BATCH_ND", [t(dtype, shape, **q), const(np.array(block, np.int32)), const(np.array(pads, np.int32))],
                [out(dtype, (shape[0] * int(np.prod(block)), *sizes, shape[-1]), **q)], tolerance=0)


def cases():
    yield case("f32_2x2", "float32", (1, 4, 6, 3), [2, 2], [[0, 0], [0, 0]])
    yield case("f32_padded", "float32", (1, 5, 6, 2), [2, 3], [[1, 0], [2, 1]])
    yield case("f32_batch", "float32", (2, 4, 3, 2), [2, 1], [[1, 1], [0, 0]])
    yield case("f32_dilation_4", "float32", (1, 5, 5, 1), [4, 4], [[4, 7], [4, 7]])
    yield case("f32_3d", "float32", (2, 6, 3), [3], [[1, 2]])
    yield case("s8", "int8", (1, 4, 4, 3), [2, 2], [[2, 0], [1, 1]], scale=0.1, zp=-9)
    yield case("u8", "uint8", (1, 4, 4, 3), [2, 2], [[0, 2], [1, 1]], scale=0.1, zp=255)
    yield case("s8_3d", "int8", (1, 5, 4), [2], [[0, 1]], scale=0.1, zp=7)
    yield case("s32", "int32", (1, 2, 4, 2), [2, 2], [[1, 1], [0, 0]])
    yield case("s64", "int64", (1, 2, 4, 2), [1, 2], [[0, 0], [1, 1]])
