# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, begin, size, oracle=None, index=np.int32, **q):
    counts = [shape[d] - begin[d] if n == -1 else n for d, n in enumerate(size)]
    return Case(name, "SLICE", [t(dtype, shape, **q), const(np.array(begin, index)), const(np.array(size, index))],
                [out(dtype, counts, **q)], tolerance=0, oracle=oracle)


def numpy_oracle(inputs):
    x, begin, size = inputs
    return [x[tuple(slice(b, None if n == -1 else b + n) for b, n in zip(begin, size))]]


def cases():
    yield case("f32_1d", "float32", (9,), (2,), (4,))
    yield case("f32_rows", "float32", (5, 3), (1, 0), (3, -1))
    yield case("f32_columns", "float32", (5, 6), (0, 2), (5, 3))
    yield case("f32_one_column", "float32", (5, 6), (0, 5), (5, 1))
    yield case("f32_4d", "float32", (2, 4, 5, 3), (1, 1, 2, 0), (1, 2, -1, 3))
    yield case("f32_5d", "float32", (2, 3, 2, 3, 2), (0, 1, 0, 1, 1), (2, 2, 2, 2, 1))
    yield case("f32_6d", "float32", (2, 3, 2, 3, 2, 2), (0, 1, 0, 1, 1, 0), (2, 2, 2, 2, 1, 2), oracle=numpy_oracle)
    yield case("f32_all", "float32", (2, 3), (0, 0), (-1, -1))
    yield case("s64_bounds", "float32", (4, 3), (1, 0), (2, 2), index=np.int64)
    yield case("s8_channels", "int8", (1, 4, 4, 5), (0, 0, 0, 1), (1, 4, 4, 3), scale=0.1, zp=-128)
    yield case("s8_two_channels", "int8", (1, 4, 4, 5), (0, 0, 0, 3), (1, 4, 4, 2), scale=0.1, zp=-128)
    yield case("u8_window", "uint8", (1, 6, 6, 2), (0, 1, 2, 0), (1, 3, 3, 2), scale=0.1, zp=7)
    yield case("s16", "int16", (3, 4), (0, 1), (3, 2), scale=0.1, zp=0)
    yield case("s32", "int32", (3, 4), (1, 1), (2, 2))
    yield case("s64", "int64", (3, 4), (1, 1), (2, 2))
    yield case("bool", "bool", (3, 4), (1, 1), (2, 2))
    yield case("f16", "float16", (3, 4), (0, 1), (2, 3), oracle=numpy_oracle)
    yield case("c64", "complex64", (3, 4), (0, 1), (2, 3), oracle=numpy_oracle)
