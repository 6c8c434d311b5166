# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("FLOOR_DIV", "float32", -9.0, 9.0, 0.5, 3.0)
    yield from plain("FLOOR_DIV", "float32", -9.0, 9.0, -3.0, -0.5, shapes=SHAPES[:2], tag="_negative")
    for dtype in ("int8", "int16", "int32"):
        yield from plain("FLOOR_DIV", dtype, -100, 100, 1, 9, shapes=SHAPES if dtype == "int32" else SHAPES[:4])
        yield from plain("FLOOR_DIV", dtype, -100, 100, -9, -1, shapes=SHAPES[:2], tag="_negative")
    # Scales are not looked at.
    yield Case("int8_quantized", "FLOOR_DIV", [t("int8", (40,), 0.5, 3), t("int8", (40,), 0.25, 0, low=1)], [out("int8", (40,), 0.1, -2)])
