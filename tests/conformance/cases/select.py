# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    shapes = [("same", (2, 3, 4), (2, 3, 4), (2, 3, 4)), ("vector", (37,), (37,), (37,)), ("scalar_condition", (), (3, 5), (3, 5))]
    for dtype in ("float32", "int8", "uint8", "int16", "int32", "int64", "bool", "uint32"):
        quant = QUANT[dtype][0] if dtype in ("int8", "uint8", "int16") else ()
        for name, c, a, b in shapes[: 3 if dtype in ("float32", "int8") else 1]:
            yield Case(f"{dtype}_{name}", "SELECT", [t("bool", c), t(dtype, a, *quant), t(dtype, b, *quant)], [out(dtype, a, *quant)],
                       tolerance=0)
        yield Case(f"{dtype}_rows", "SELECT", [t("bool", (5,)), t(dtype, (5, 3), *quant), t(dtype, (5, 3), *quant)],
                   [out(dtype, (5, 3), *quant)], tolerance=0)
    many = [("b_channel", (2, 3, 4), (2, 3, 4), (4,)), ("a_scalar", (2, 3, 4), (), (2, 3, 4)), ("both_scalars", (2, 3, 4), (), ()),
            ("condition_last", (4,), (2, 3, 4), (2, 3, 4)), ("condition_column", (2, 3, 1), (2, 3, 4), (2, 1, 4)),
            ("crossed", (2, 1, 1), (1, 3, 1), (1, 1, 5)), ("one_condition", (1,), (6,), (1,)), ("a_scalar_b_one", (9,), (), (1,)),
            ("empty", (0, 1), (1, 3), (3,)), ("column_scalar", (3, 1), (3, 4), ())]
    for dtype in ("float32", "int8", "int64", "int16"):
        quant = QUANT[dtype][0] if dtype in ("int8", "int16") else ()
        for name, c, a, b in many[: len(many) if dtype == "float32" else 4]:
            yield Case(f"{dtype}_v2_{name}", "SELECT_V2", [t("bool", c), t(dtype, a, *quant), t(dtype, b, *quant)],
                       [out(dtype, np.broadcast_shapes(c, a, b), *quant)], tolerance=0)
