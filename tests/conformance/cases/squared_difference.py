# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("SQUARED_DIFFERENCE", "float32", -9.0, 9.0)
    yield from plain("SQUARED_DIFFERENCE", "int32", -1000, 1000, shapes=SHAPES[:6])
    yield from quantized("SQUARED_DIFFERENCE", "int8", (0.6, -128))
    yield from constant("SQUARED_DIFFERENCE", "int8", QUANT["int8"], (0.3, 0))
    for name, a, b, y in (("equal", 0.02, 0.02, 0.1), ("apart", 0.5, 0.01, 3.0), ("fine", 0.004, 0.003, 0.001)):
        yield Case(f"int8_scales_{name}", "SQUARED_DIFFERENCE", [t("int8", (64,), a, 0), t("int8", (64,), b, 0)], [out("int8", (64,), y, -128)])
