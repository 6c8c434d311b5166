# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, part, begin, index="int32", oracle=None, **q):
    return Case(name, "DYNAMIC_UPDATE_SLICE", [t(dtype, shape, **q), t(dtype, part, **q),
                                               t(index, (len(shape),), values=np.array(begin, index))],
                [out(dtype, shape, **q)], tolerance=0, oracle=oracle)


def numpy_oracle(inputs):
    whole, part, begin = inputs
    result = whole.copy()
    begin = [min(max(b, 0), n - m) for b, n, m in zip(begin, whole.shape, part.shape)]
    result[tuple(slice(b, b + m) for b, m in zip(begin, part.shape))] = part
    return [result]


def cases():
    yield case("f32_rows", "float32", (5, 3), (2, 3), [1, 0])
    yield case("f32_inside", "float32", (5, 4), (2, 2), [2, 1])
    yield case("f32_column", "float32", (5, 4), (5, 1), [0, 3])
    yield case("f32_cache", "float32", (1, 6, 2, 4), (1, 1, 2, 4), [0, 4, 0, 0])
    yield case("f32_beyond", "float32", (5, 4), (2, 2), [4, 9])
    yield case("f32_negative", "float32", (5, 4), (2, 2), [-3, 1])
    yield case("f32_whole", "float32", (2, 3), (2, 3), [0, 0])
    yield case("f32_3d", "float32", (3, 4, 3), (2, 1, 2), [1, 2, 1])
    yield case("s64_begin", "float32", (5, 3), (2, 3), [1, 0], index="int64")
    yield case("s8", "int8", (5, 3), (2, 2), [1, 1], scale=0.1, zp=-9)
    yield case("s32", "int32", (5, 3), (2, 2), [1, 1])
    yield case("s64", "int64", (5, 3), (2, 2), [1, 1])
    yield case("bool", "bool", (5, 3), (2, 2), [1, 1])
    yield case("s16", "int16", (5, 3), (2, 2), [1, 1], scale=0.1, zp=0, oracle=numpy_oracle)
    yield case("f16", "float16", (5, 3), (2, 2), [1, 1], oracle=numpy_oracle)
