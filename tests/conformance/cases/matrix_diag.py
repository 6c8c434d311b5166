# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, **q):
    return Case(name, "MATRIX_DIAG", [t(dtype, shape, **q)], [out(dtype, shape + shape[-1:], **q)], tolerance=0)


def cases():
    yield case("f32", "float32", (4,))
    yield case("f32_batch", "float32", (2, 3))
    yield case("f32_3d", "float32", (2, 1, 3))
    yield case("s8", "int8", (2, 3), scale=0.1, zp=0)
    yield case("u8", "uint8", (2, 3), scale=0.1, zp=0)
    yield case("s16", "int16", (3,), scale=0.1, zp=0)
    yield case("s32", "int32", (3,))
    yield case("s64", "int64", (3,))
