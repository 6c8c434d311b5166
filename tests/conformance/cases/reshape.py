# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t

DTYPES = ("float32", "float16", "int8", "uint8", "int16", "int32", "int64", "uint32", "bool", "complex64")
PAIRS = {
    "flatten": ((2, 3, 4), (24,), (24,)),
    "infers": ((2, 3, 4), (4, -1), (4, 6)),
    "infers_first": ((2, 3, 4), (-1, 2, 2), (6, 2, 2)),
    "more_dims": ((6,), (1, 2, 1, 3, 1), (1, 2, 1, 3, 1)),
    "rank8": ((2, 8), (2, 1, 2, 1, 2, 1, 2, 1), (2, 1, 2, 1, 2, 1, 2, 1)),
    "same": ((3, 5), (3, 5), (3, 5)),
    "scalar": ((1, 1), (), ()),
    "from_scalar": ((), (1, 1), (1, 1)),
    "empty": ((0, 3), (0, 2), (0, 2)),
}


def cases():
    for name, (x, target, y) in PAIRS.items():
        yield Case(
            f"f32_{name}", "RESHAPE", [t("float32", x), const(np.array(target, np.int32))], [out("float32", y)], tolerance=0
        )
        if target:
            yield Case(f"options_{name}", "RESHAPE", [t("int32", x)], [out("int32", y)], dict(newShape=list(target)), tolerance=0)
    for dtype in DTYPES:
        quant = dict(scale=0.1, zp=0) if dtype in ("int8", "uint8", "int16") else {}
        yield Case(
            f"dtype_{dtype}",
            "RESHAPE",
            [t(dtype, (3, 4), **quant), const(np.array((2, 6), np.int32))],
            [out(dtype, (2, 6), **quant)],
            tolerance=0,
        )
    for name, axes, y in (
        ("all", [], (3, 2)),
        ("first", [0], (3, 1, 2, 1)),
        ("negative", [-1, 2], (1, 3, 2)),
        ("two", [0, 4], (3, 1, 2)),
    ):
        yield Case(
            f"squeeze_{name}",
            "SQUEEZE",
            [t("float32", (1, 3, 1, 2, 1))],
            [out("float32", y)],
            dict(squeezeDims=axes),
            tolerance=0,
        )
    for axis, y in ((0, (1, 2, 3)), (1, (2, 1, 3)), (2, (2, 3, 1)), (-1, (2, 3, 1)), (-3, (1, 2, 3))):
        yield Case(
            f"expand_dims_{axis}",
            "EXPAND_DIMS",
            [t("int8", (2, 3), scale=0.1, zp=3), const(np.array(axis, np.int32))],
            [out("int8", y, scale=0.1, zp=3)],
            tolerance=0,
        )
