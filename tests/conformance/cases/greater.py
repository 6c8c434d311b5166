# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("GREATER", "float32", -1, 1, result="bool")
    for dtype in ("int16", "int32", "int64"):
        yield from plain("GREATER", dtype, -3, 3, result="bool", shapes=SHAPES[:6])
    nan = np.array([np.nan, 1.0, np.nan, np.inf, -np.inf, -0.0], np.float32)
    ones = np.array([np.nan, np.nan, 1.0, np.inf, 1.0, 0.0], np.float32)
    yield Case("float32_special", "GREATER", [t("float32", (6,), values=nan), t("float32", (6,), values=ones)], [out("bool", (6,))])
    near = np.arange(-20, 44)
    for dtype in ("int8", "uint8"):
        yield from quantized("GREATER", dtype, result="bool")
        yield from constant("GREATER", dtype, QUANT[dtype], result="bool")
        # Neighbours: of one scale, of one twice the other, and of scales so small that steps of 1/256 hide the difference.
        for name, a, b, to in (("one_scale", 0.3, 0.3, 1.0), ("half", 0.05, 0.1, 0.5), ("tiny", 0.001, 0.0007, 1.4)):
            x, y = near + 60, np.rint(near * to) + 60 + near % 3 - 1
            yield Case(f"{dtype}_{name}", "GREATER", [t(dtype, (64,), a, 60, values=x), t(dtype, (64,), b, 60, values=y)], [out("bool", (64,))])
    yield Case("int16_quantized", "GREATER", [t("int16", (64,), 0.25, 0, values=near), t("int16", (64,), 0.5, 0, values=near // 2 + near % 3 - 1)],
               [out("bool", (64,))])
