# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, count, axis, **q):
    result = np.stack([np.zeros(shape)] * count, axis).shape
    return Case(name, "PACK", [t(dtype, shape, **q) for _ in range(count)], [out(dtype, result, **q)],
                options=dict(valuesCount=count, axis=axis), tolerance=0)


def cases():
    yield case("f32_first", "float32", (2, 3), 3, 0)
    yield case("f32_last", "float32", (2, 3), 2, -1)
    yield case("f32_middle", "float32", (2, 3), 2, 1)
    yield case("f32_one", "float32", (2, 3), 1, 0)
    yield case("f32_scalars", "float32", (), 4, 0)
    yield case("s8", "int8", (4,), 3, 1, scale=0.1, zp=-9)
    yield case("u8", "uint8", (4,), 3, 0, scale=0.1, zp=9)
    yield case("s16", "int16", (4,), 2, 0, scale=0.1, zp=0)
    yield case("s32", "int32", (4,), 2, 0)
    yield case("s64", "int64", (4,), 2, 1)
    yield Case("f32_with_constant", "PACK", [t("float32", (3,)), const(np.arange(3, dtype=np.float32))], [out("float32", (2, 3))],
               options=dict(valuesCount=2, axis=0), tolerance=0)
