# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("SUB", "float32", -9.0, 9.0)
    yield from plain("SUB", "int32", -1000, 1000, shapes=SHAPES[:6])
    yield from plain("SUB", "int64", -1 << 40, 1 << 40, shapes=SHAPES[:6])
    for dtype in ("float32", "int32", "int64"):
        yield from activations("SUB", dtype, low=-9, high=9)
    for dtype in ("int8", "uint8", "int16"):
        options = {"potScaleInt16": False} if dtype == "int16" else None
        yield from quantized("SUB", dtype, options=options)
        yield from constant("SUB", dtype, QUANT[dtype], options=options)
        yield from activations("SUB", dtype, QUANT[dtype], options=options)
    # Ratios of scales at both ends of what LiteRT delegates, and far below (far above, its kernels overflow).
    for name, a, b, y in (("small", 0.0001, 0.00015, 1.0), ("large", 1.0, 3.0, 0.02), ("apart", 1e-6, 1.0, 1.0), ("vanish", 1e-9, 1e-9, 1.0)):
        yield Case(f"int8_scales_{name}", "SUB", [t("int8", (64,), a, -128), t("int8", (64,), b, 127)], [out("int8", (64,), y, -3)])
    # Scales that are powers of two: TFLite shifts instead of multiplying.
    for name, a, b in (("first", 2.0**-12, 2.0**-10), ("second", 2.0**-10, 2.0**-13), ("neither", 2.0**-10, 2.0**-10)):
        yield Case(f"int16_shift_{name}", "SUB", [t("int16", (40,), a, 0), t("int16", (40,), b, 0)], [out("int16", (40,), 2.0**-10, 0)],
                   options={"potScaleInt16": True})
