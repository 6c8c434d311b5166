# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def range_case(name, dtype, start, limit, delta):
    size = int(np.ceil((limit - start) / delta))
    return Case(name, "RANGE", [const(np.array(x, dtype)) for x in (start, limit, delta)], [out(dtype, (size,))])


def cases():
    yield Case("f32", "FILL", [const(np.array([2, 3], np.int32)), t("float32", ())], [out("float32", (2, 3))], tolerance=0)
    yield Case("f32_constant", "FILL", [const(np.array([2, 3], np.int64)), const(np.float32(0.5))], [out("float32", (2, 3))], tolerance=0)
    yield Case("s8", "FILL", [const(np.array([4], np.int32)), t("int8", (), scale=0.1, zp=3)], [out("int8", (4,), scale=0.1, zp=3)],
               tolerance=0)
    for dtype in ("int32", "int64", "bool"):
        yield Case(dtype, "FILL", [const(np.array([4], np.int32)), t(dtype, ())], [out(dtype, (4,))], tolerance=0)
    for dtype in ("float32", "int32", "int64"):
        yield Case(f"zeros_like_{dtype}", "ZEROS_LIKE", [t(dtype, (2, 3))], [out(dtype, (2, 3))], tolerance=0)
    yield range_case("range_s32", "int32", 2, 11, 3)
    yield range_case("range_s32_down", "int32", 5, -4, -2)
    yield range_case("range_s64", "int64", 0, 5, 1)
    yield range_case("range_f32", "float32", 0.5, 2.0, 0.25)
    yield Case("where", "WHERE", [const(np.array([[True, False, True], [False, False, True]]))], [out("int64", (3, 2))], tolerance=0)
    yield Case("where_f32", "WHERE", [const(np.array([0.0, 2.5, -1.0], np.float32))], [out("int64", (2, 1))], tolerance=0)
