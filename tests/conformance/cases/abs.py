# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats, integers


def cases():
    yield from floats("ABS", -3, 3, [0, -0.0, 1, -1, 30, -30, 1e-20, -1e-20, 3e-3, -3e-3, float("inf"), -float("inf"), float("nan")])
    yield from codes("ABS", "int8", [(0.03, 0, 0.02, -100), (0.1, -128, 0.1, -128), (0.03, 127, 0.03, 5)])
    yield from codes("ABS", "int16", [(0.001, 0, 0.001, 0), (0.001, 0, 0.0005, 0)])
    yield from integers("ABS", "int32")
