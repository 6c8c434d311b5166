# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("DIV", "float32", -9.0, 9.0, 0.5, 7.0)
    yield from plain("DIV", "float32", -9.0, 9.0, -7.0, -0.5, shapes=SHAPES[:2], tag="_negative")
    yield from plain("DIV", "int32", -1000, 1000, 1, 30, shapes=SHAPES[:6])
    yield from plain("DIV", "int32", -1000, 1000, -30, -1, shapes=SHAPES[:2], tag="_negative")
    for dtype in ("float32", "int32"):
        yield from activations("DIV", dtype, low=-9, high=-1)
    # LiteRT's kernel shifts by 32 bits and more where |a / b| is below half a step of the output, so both stay away from zero.
    for dtype, zero, low, one in (("int8", -128, -60, -127), ("uint8", 0, 68, 1), ("int16", 0, 9000, 1)):
        for i, (name, a, b) in enumerate(SHAPES):
            high = one + (20 if dtype != "int16" else 800)
            x = t(dtype, a, 0.05, zero, low=low)
            y = t(dtype, b, 0.031, zero, low=one, high=high)
            yield Case(f"{dtype}_{name}", "DIV", [x, y], [out(dtype, broadcast(a, b), 0.4, zero)])
        for act in ACTIVATIONS[1:]:
            if dtype != "int16":
                yield Case(f"{dtype}_{act.lower()}", "DIV", [t(dtype, (40,), 0.05, zero, low=low), t(dtype, (1,), 0.031, zero, low=one + 9)],
                           [out(dtype, (40,), 0.1, zero)], options=dict(fusedActivationFunction=act))
    yield Case("int8_signs", "DIV", [t("int8", (64,), 0.5, 2, low=30), t("int8", (64,), 0.031, 3, low=-120, high=-2)],
               [out("int8", (64,), 0.5, 7)])
