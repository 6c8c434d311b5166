# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    for dtype in ("float32", "int32", "int64"):
        yield from plain("MAXIMUM", dtype, shapes=SHAPES if dtype == "float32" else SHAPES[:6])
    for dtype in ("int8", "uint8", "int16"):
        quant = [QUANT[dtype][0]] * 3
        yield from quantized("MAXIMUM", dtype, scales=quant)
        yield from constant("MAXIMUM", dtype, quant)
    # Scales that differ are not looked at.
    yield Case("int8_scales_differ", "MAXIMUM", [t("int8", (40,), 0.1, 3), t("int8", (40,), 0.2, -7)], [out("int8", (40,), 0.3, 0)])
