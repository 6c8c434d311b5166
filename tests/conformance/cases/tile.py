# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, multiples, index=np.int32, oracle=None, **q):
    result = np.tile(np.zeros(shape), multiples).shape
    return Case(name, "TILE", [t(dtype, shape, **q), const(np.array(multiples, index))], [out(dtype, result, **q)], tolerance=0,
                oracle=oracle)


def cases():
    yield case("f32_1d", "float32", (3,), [4])
    yield case("f32_rows", "float32", (2, 3), [3, 1])
    yield case("f32_columns", "float32", (2, 3), [1, 3])
    yield case("f32_both", "float32", (2, 3), [2, 2])
    yield case("f32_4d", "float32", (1, 2, 3, 2), [2, 1, 2, 3])
    yield case("f32_once", "float32", (2, 3), [1, 1])
    yield case("f32_pixel", "float32", (1, 1, 1, 5), [1, 3, 4, 1])
    yield case("f32_last_of_one", "float32", (4, 1), [1, 5])
    yield case("s64_multiples", "float32", (2, 3), [2, 1], index=np.int64)
    yield case("s8", "int8", (2, 3), [2, 2], scale=0.1, zp=-9)
    yield case("u8", "uint8", (2, 3), [2, 2], scale=0.1, zp=9)
    yield case("s16", "int16", (2, 3), [1, 2], scale=0.1, zp=0, oracle=lambda i: [np.tile(i[0], i[1])])
    yield case("s32", "int32", (2, 3), [3, 1])
    yield case("s64", "int64", (2, 3), [1, 2])
    yield case("bool", "bool", (2, 3), [1, 2])
