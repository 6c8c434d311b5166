# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def differ(inputs):
    return [inputs[0] != inputs[1]]


def cases():
    yield from plain("NOT_EQUAL", "float32", -1, 1, result="bool")
    # LiteRT leaves a part of the result unwritten where int16 broadcasts.
    yield from plain("NOT_EQUAL", "int16", -3, 3, result="bool", shapes=SHAPES[:6], oracle=differ)
    for dtype in ("int32", "int64", "bool"):
        yield from plain("NOT_EQUAL", dtype, *((None, None) if dtype == 'bool' else (-3, 3)), result="bool", shapes=SHAPES[:6])
    nan = np.array([np.nan, 1.0, np.nan, np.inf, -np.inf, -0.0], np.float32)
    ones = np.array([np.nan, np.nan, 1.0, np.inf, 1.0, 0.0], np.float32)
    yield Case("float32_special", "NOT_EQUAL", [t("float32", (6,), values=nan), t("float32", (6,), values=ones)], [out("bool", (6,))])
    near = np.arange(-20, 44)
    for dtype in ("int8", "uint8"):
        yield from quantized("NOT_EQUAL", dtype, result="bool")
        yield from constant("NOT_EQUAL", dtype, QUANT[dtype], result="bool")
        # Neighbours: of one scale, of one twice the other, and of scales so small that steps of 1/256 hide the difference.
        for name, a, b, to in (("one_scale", 0.3, 0.3, 1.0), ("half", 0.05, 0.1, 0.5), ("tiny", 0.001, 0.0007, 1.4)):
            x, y = near + 60, np.rint(near * to) + 60 + near % 3 - 1
            yield Case(f"{dtype}_{name}", "NOT_EQUAL", [t(dtype, (64,), a, 60, values=x), t(dtype, (64,), b, 60, values=y)], [out("bool", (64,))])
    yield Case("int16_quantized", "NOT_EQUAL", [t("int16", (64,), 0.25, 0, values=near), t("int16", (64,), 0.5, 0, values=near // 2 + near % 3 - 1)],
               [out("bool", (64,))])
