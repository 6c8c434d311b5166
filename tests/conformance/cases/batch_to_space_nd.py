# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, block, crops, **q):
    sizes = [n * b - sum(c) for n, c, b in zip(shape[1:-1], crops, block)]
    return Case(name, "BATCH_TO_SPACE_ND", [t(dtype, shape, **q), const(np.array(block, np.int32)), const(np.array(crops, np.int32))],
                [out(dtype, (shape[0] // int(np.prod(block)), *sizes, shape[-1]), **q)], tolerance=0)


def cases():
    yield case("f32_2x2", "float32", (4, 2, 3, 3), [2, 2], [[0, 0], [0, 0]])
    yield case("f32_cropped", "float32", (6, 3, 3, 2), [2, 3], [[1, 0], [2, 1]])
    yield case("f32_batch", "float32", (4, 3, 3, 2), [2, 1], [[1, 1], [0, 0]])
    yield case("f32_dilation_4", "float32", (16, 4, 4, 1), [4, 4], [[4, 7], [4, 7]])
    yield case("f32_3d", "float32", (6, 3, 3), [3], [[1, 2]])
    yield case("s8", "int8", (4, 3, 3, 3), [2, 2], [[2, 0], [1, 1]], scale=0.1, zp=-9)
    yield case("u8", "uint8", (4, 3, 3, 3), [2, 2], [[0, 2], [1, 1]], scale=0.1, zp=255)
    yield case("s8_3d", "int8", (2, 3, 4), [2], [[0, 1]], scale=0.1, zp=7)
    yield case("s32", "int32", (4, 2, 2, 2), [2, 2], [[1, 1], [0, 0]])
    yield case("s64", "int64", (2, 2, 3, 2), [1, 2], [[0, 0], [1, 1]])
