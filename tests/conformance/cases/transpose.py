# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


Q = dict(scale=0.1, zp=-5)


def case(name, dtype, shape, order, oracle=None, q=None):
    q = q or {}
    return Case(name, "TRANSPOSE", [t(dtype, shape, **q), const(np.array(order, np.int32))],
                [out(dtype, [shape[d] for d in order], **q)], tolerance=0, oracle=oracle)


def numpy_oracle(inputs):
    return [np.transpose(inputs[0], inputs[1])]


def cases():
    yield case("f32_2d", "float32", (5, 7), (1, 0))
    yield case("f32_tiles", "float32", (19, 35), (1, 0))
    yield case("f32_nhwc_to_nchw", "float32", (2, 4, 5, 3), (0, 3, 1, 2))
    yield case("f32_nchw_to_nhwc", "float32", (2, 3, 4, 5), (0, 2, 3, 1))
    yield case("f32_rows_stay", "float32", (3, 4, 5), (1, 0, 2))
    yield case("f32_all", "float32", (2, 3, 4, 5), (3, 2, 1, 0))
    yield case("f32_5d", "float32", (2, 3, 1, 4, 2), (4, 0, 3, 2, 1))
    yield case("f32_identity", "float32", (2, 3, 4), (0, 1, 2))
    yield case("f32_1d", "float32", (4,), (0,))
    yield case("f32_ones_move", "float32", (1, 6, 1, 2), (1, 2, 3, 0))
    yield case("f32_6d", "float32", (2, 1, 3, 2, 2, 3), (5, 3, 1, 0, 2, 4))
    yield case("f32_8d", "float32", (2, 1, 3, 2, 1, 2, 2, 3), (7, 3, 1, 0, 2, 6, 5, 4), oracle=numpy_oracle)
    yield case("f32_pairs", "float32", (3, 5, 4), (2, 0, 1))
    yield case("s8_attention", "int8", (1, 4, 3, 8), (0, 2, 1, 3), q=Q)
    yield case("s8_bytes", "int8", (1, 9, 17, 3), (0, 3, 2, 1), q=Q)
    yield case("u8_2d", "uint8", (70, 3), (1, 0), q=dict(scale=0.5, zp=255))
    yield case("s16_2d", "int16", (4, 33), (1, 0), q=dict(scale=0.01, zp=0))
    yield case("s32_3d", "int32", (3, 2, 4), (2, 1, 0))
    yield case("s64_3d", "int64", (3, 2, 4), (1, 2, 0))
    yield case("bool_2d", "bool", (3, 4), (1, 0))
    yield case("f16_3d", "float16", (3, 4, 2), (2, 0, 1), oracle=numpy_oracle)
    yield case("c64_2d", "complex64", (3, 4), (1, 0), oracle=numpy_oracle)
    yield Case("f32_negative_order", "TRANSPOSE", [t("float32", (2, 3, 4)), const(np.array([-1, 0, 1], np.int32))],
               [out("float32", (4, 2, 3))], tolerance=0)
