# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, target, index=np.int32, oracle=None, **q):
    return Case(name, "BROADCAST_TO", [t(dtype, shape, **q), const(np.array(target, index))], [out(dtype, target, **q)], tolerance=0,
                oracle=oracle, version=3 if dtype == "int16" else 2)


def cases():
    yield case("f32_row", "float32", (4,), [3, 4])
    yield case("f32_column", "float32", (3, 1), [3, 4])
    yield case("f32_both", "float32", (3, 1, 2), [2, 3, 4, 2])
    yield case("f32_scalar", "float32", (1,), [3, 5])
    yield case("f32_rank_0", "float32", (), [2, 3])
    yield case("f32_same", "float32", (2, 3), [2, 3])
    yield case("f32_8d", "float32", (1, 2, 1, 3), [2, 1, 2, 1, 2, 2, 2, 3])
    yield case("s64_target", "float32", (3, 1), [3, 2], index=np.int64)
    yield case("s8", "int8", (3, 1), [3, 4], scale=0.1, zp=-9)
    yield case("u8", "uint8", (3, 1), [2, 3, 4], scale=0.1, zp=9)
    yield case("s16", "int16", (3, 1), [3, 2], scale=0.1, zp=0)
    yield case("s32", "int32", (1, 2), [3, 2])
    yield case("s64", "int64", (3, 1), [3, 2])
    yield case("bool", "bool", (3, 1), [3, 2])
