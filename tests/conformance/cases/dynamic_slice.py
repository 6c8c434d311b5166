# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, begin, size, index="int32", **q):
    return Case(name, "SLICE", [t(dtype, shape, **q), t(index, (len(shape),), values=np.array(begin, index)), const(np.array(size, index))],
                [out(dtype, size, **q)], tolerance=0)


def cases():
    yield case("f32_1d", "float32", (9,), (2,), (4,))
    yield case("f32_rows", "float32", (5, 3), (2, 0), (2, 3))
    yield case("f32_inside", "float32", (5, 4), (3, 1), (2, 2))
    yield case("f32_column", "float32", (5, 4), (0, 3), (5, 1))
    yield case("f32_4d", "float32", (2, 3, 4, 2), (1, 0, 1, 0), (1, 2, 2, 2))
    yield case("s64_begin", "float32", (5, 4), (3, 1), (2, 2), index="int64")
    yield case("s8", "int8", (5, 4), (3, 1), (2, 2), scale=0.1, zp=-9)
    yield case("s32", "int32", (5, 4), (3, 1), (2, 2))
    yield case("bool", "bool", (5, 4), (3, 1), (2, 2))
