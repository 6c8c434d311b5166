# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, indices, updates, target, index="int32", oracle=None, **q):
    indices = np.array(indices, index)
    return Case(name, "SCATTER_ND", [t(index, indices.shape, values=indices), t(dtype, updates, **q), const(np.array(target, index))],
                [out(dtype, target, **q)], tolerance=0, oracle=oracle)


def numpy_oracle(inputs):
    indices, updates, shape = inputs
    result = np.zeros(shape, updates.dtype)
    np.add.at(result, tuple(np.moveaxis(indices, -1, 0)), updates)
    return [result]


def cases():
    yield case("f32_elements", "float32", [[4], [1], [6]], (3,), [8])
    yield case("f32_rows", "float32", [[0], [2]], (2, 3), [4, 3])
    yield case("f32_3d", "float32", [[0, 1], [1, 0]], (2, 3), [2, 2, 3])
    yield case("f32_batch", "float32", [[[0], [1]], [[3], [2]]], (2, 2, 2), [4, 2])
    yield Case("f32_twice", "SCATTER_ND", [t("int32", (3, 1), values=[[1], [1], [0]]), t("float32", (3, 2)), const(np.array([3, 2], np.int32))],
               [out("float32", (3, 2))])
    yield case("f32_s64", "float32", [[4], [1]], (2,), [8], index="int64", oracle=numpy_oracle)
    yield case("s8", "int8", [[4], [1]], (2,), [8], scale=0.1, zp=0)
    yield case("u8", "uint8", [[4], [1]], (2,), [8], scale=0.1, zp=0)
    yield case("s32", "int32", [[4], [1], [4]], (3,), [8])
    yield case("s64", "int64", [[4], [1]], (2,), [8])
    yield case("bool", "bool", [[4], [1], [4]], (3,), [8])
