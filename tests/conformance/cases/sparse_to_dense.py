# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, indices, target, values, index="int32", **q):
    indices = np.array(indices, index)
    return Case(name, "SPARSE_TO_DENSE", [t(index, indices.shape, values=indices), const(np.array(target, index)), t(dtype, values, **q),
                                          t(dtype, (), **q)], [out(dtype, target, **q)], tolerance=0)


def cases():
    yield case("f32_1d", "float32", [1, 4], [6], (2,))
    yield case("f32_2d", "float32", [[0, 1], [2, 3]], [3, 4], (2,))
    yield case("f32_one_value", "float32", [[0, 1], [2, 3]], [3, 4], ())
    yield case("f32_scalar_index", "float32", 3, [6], ())
    yield case("f32_3d", "float32", [[0, 1, 0], [1, 0, 2]], [2, 2, 3], (2,))
    yield case("f32_s64", "float32", [[0, 1], [2, 3]], [3, 4], (2,), index="int64")
    yield case("s8", "int8", [1, 4], [6], (2,), scale=0.1, zp=5)
    yield case("u8", "uint8", [1, 4], [6], (2,), scale=0.1, zp=5)
    yield case("s32", "int32", [1, 4], [6], (2,))
    yield case("s64", "int64", [1, 4], [6], (2,))
