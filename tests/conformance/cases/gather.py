# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, indices, axis=0, batch=0, index="int32", run_time=True, oracle=None, **q):
    indices = np.array(indices, index)
    ids = t(index, indices.shape, values=indices) if run_time else const(indices)
    rest = axis % len(shape)
    result = shape[:rest] + indices.shape[batch:] + shape[rest + 1:]
    return Case(name, "GATHER", [t(dtype, shape, **q), ids], [out(dtype, result, **q)], options=dict(axis=axis, batchDims=batch),
                tolerance=0, oracle=oracle, version=4)


def cases():
    yield case("f32_rows", "float32", (5, 3), [4, 0, 2, 2])
    yield case("f32_columns", "float32", (3, 5), [4, 0, 2], axis=1)
    yield case("f32_negative_axis", "float32", (2, 3, 4), [3, 0, 1], axis=-1)
    yield case("f32_2d_indices", "float32", (5, 2), [[4, 0], [1, 3], [2, 2]])
    yield case("f32_one", "float32", (5, 3), 3)
    yield case("f32_1d", "float32", (6,), [5, 1])
    yield case("f32_constant", "float32", (5, 3), [1, 1, 0], run_time=False)
    yield case("f32_batch", "float32", (2, 4, 3), [[3, 0], [1, 1]], axis=1, batch=1)
    yield case("f32_batch_outer", "float32", (2, 3, 4), [[3, 0, 2], [1, 1, 0]], axis=2, batch=1)
    yield case("f32_batch_2", "float32", (2, 2, 4), [[[3, 0], [1, 2]], [[0, 0], [3, 3]]], axis=2, batch=2)
    yield case("f32_s64_indices", "float32", (5, 3), [4, 1], index="int64")
    yield case("f32_s16_indices", "float32", (5, 3), [4, 1], index="int16")
    yield case("f32_constant_batch", "float32", (2, 3, 4, 2), [[3, 0, 2], [1, 1, 0]], axis=2, batch=1, run_time=False)
    yield case("s8", "int8", (5, 3), [4, 1], scale=0.1, zp=-9)
    yield case("u8", "uint8", (5, 3), [4, 1], scale=0.1, zp=9)
    yield case("s16", "int16", (5, 3), [4, 1], scale=0.1, zp=0)
    yield case("s32", "int32", (5, 3), [4, 1])
    yield case("s64", "int64", (5, 3), [4, 1])
    yield case("bool", "bool", (5, 3), [4, 1])
    yield case("f16", "float16", (5, 3), [4, 1], oracle=lambda i: [i[0][i[1]]])
    for name, shape in (("lookup_f32", (5, 3)), ("lookup_f32_3d", (5, 2, 3))):
        yield Case(name, "EMBEDDING_LOOKUP", [t("int32", (3,), values=[4, 0, 4]), t("float32", shape)], [out("float32", (3,) + shape[1:])],
                   tolerance=0)
