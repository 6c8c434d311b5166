# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, indices, depth, on, off, axis=-1, index="int32", **q):
    indices = np.array(indices, index)
    shape = list(indices.shape)
    shape.insert(axis % (len(shape) + 1), depth)
    return Case(name, "ONE_HOT", [t(index, indices.shape, values=indices), const(np.int32(depth)), const(np.array(on, dtype), **q),
                                  const(np.array(off, dtype), **q)], [out(dtype, shape, **q)], options=dict(axis=axis), tolerance=0)


def cases():
    yield case("f32_last", "float32", [0, 2, 1], 4, 1, 0)
    yield case("f32_first", "float32", [0, 2, 1], 4, 1, 0, axis=0)
    yield case("f32_middle", "float32", [[0, 2, 1], [3, 3, 0]], 4, 5, -1, axis=1)
    yield case("f32_outside", "float32", [0, -1, 4, 100], 4, 1, 0)
    yield case("f32_s64", "float32", [0, 2], 3, 1, 0, index="int64")
    yield case("f32_scalar", "float32", 2, 3, 1, 0)
    yield case("s32", "int32", [0, 2], 3, 7, -7)
    yield case("s64", "int64", [0, 2], 3, 7, -7)
    yield case("bool", "bool", [0, 2], 3, True, False)
    yield case("s8", "int8", [0, 2], 3, 100, -9, scale=0.1, zp=-9)
    yield case("u8", "uint8", [0, 2], 3, 100, 9, scale=0.1, zp=9)
