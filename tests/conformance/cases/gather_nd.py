# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, indices, index="int32", oracle=None, run_time=True, **q):
    indices = np.array(indices, index)
    vectors = t(index, indices.shape, values=indices) if run_time else const(indices)
    return Case(name, "GATHER_ND", [t(dtype, shape, **q), vectors],
                [out(dtype, indices.shape[:-1] + shape[indices.shape[-1]:], **q)], tolerance=0, oracle=oracle, version=3)


def cases():
    yield case("f32_rows", "float32", (4, 3), [[3], [0], [3]])
    yield case("f32_elements", "float32", (4, 3), [[3, 0], [0, 2]])
    yield case("f32_3d", "float32", (2, 3, 4), [[1, 2], [0, 0], [1, 0]])
    yield case("f32_batch", "float32", (2, 3, 4), [[[1, 2, 3]], [[0, 0, 0]]])
    yield case("f32_one", "float32", (4, 3), [2])
    yield case("f32_s64", "float32", (4, 3), [[3, 0], [0, 2]], index="int64")
    yield case("f32_s16", "float32", (4, 3), [[3, 0], [0, 2]], index="int16")
    yield case("s8", "int8", (4, 3), [[3], [0]], scale=0.1, zp=-9)
    yield case("u8", "uint8", (4, 3), [[3], [0]], scale=0.1, zp=9)
    yield case("s16", "int16", (4, 3), [[3], [0]], scale=0.1, zp=0)
    yield case("s32", "int32", (4, 3), [[3], [0]])
    yield case("s64", "int64", (4, 3), [[3], [0]])
    yield case("bool", "bool", (4, 3), [[3], [0]])
    yield case("f32_constant", "float32", (2, 3, 4), [[1, 2], [0, 0], [1, 0]], run_time=False)
    yield case("s8_constant_batch", "int8", (2, 3, 4), [[[1, 2, 3]], [[0, 0, 0]]], index="int64", run_time=False, scale=0.1, zp=-9)
