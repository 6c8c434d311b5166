# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, **q):
    return Case(name, "MATRIX_SET_DIAG", [t(dtype, shape, **q), t(dtype, shape[:-2] + (min(shape[-2:]),), **q)], [out(dtype, shape, **q)],
                tolerance=0)


def cases():
    yield case("f32", "float32", (3, 3))
    yield case("f32_wide", "float32", (2, 2, 4))
    yield case("f32_tall", "float32", (2, 4, 2))
    yield case("s8", "int8", (2, 3, 3), scale=0.1, zp=5)
    yield case("u8", "uint8", (2, 3), scale=0.1, zp=5)
    yield case("s16", "int16", (3, 2), scale=0.1, zp=0)
    yield case("s32", "int32", (3, 2))
    yield case("s64", "int64", (3, 2))
