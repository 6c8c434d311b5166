# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("MUL", "float32", -9.0, 9.0)
    yield from plain("MUL", "int32", -1000, 1000, shapes=SHAPES[:6])
    yield from plain("MUL", "int64", -1 << 30, 1 << 30, shapes=SHAPES[:6])
    yield from plain("MUL", "uint32", 0, 60000, shapes=SHAPES[:2])
    yield from plain("MUL", "int16", -180, 180, shapes=SHAPES[:4], tag="_plain")
    for dtype in ("float32", "int32", "int64"):
        yield from activations("MUL", dtype, low=-9, high=9)
    for dtype, output in (("int8", (0.3, 3)), ("uint8", (0.3, 101)), ("int16", (0.04, 0))):
        yield from quantized("MUL", dtype, output)
        yield from constant("MUL", dtype, QUANT[dtype], output)
        yield from activations("MUL", dtype, QUANT[dtype], output)
    for name, a, b, y in (("small", 0.001, 0.0015, 1.0), ("large", 1.0, 3.0, 0.5), ("vanish", 1e-4, 1e-4, 1.0)):
        yield Case(f"int8_scales_{name}", "MUL", [t("int8", (64,), a, -128), t("int8", (64,), b, 127)], [out("int8", (64,), y, -3)])
