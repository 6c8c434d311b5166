# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("HARD_SWISH", -5, 5, [0, -0.0, 3, -3, 2.999, -2.999, 30, -30, 1e-20])
    yield from codes("HARD_SWISH", "int8", [(0.03, 0, 0.02, -100), (0.1, -128, 0.1, -128), (0.03, 127, 0.005, 5), (0.01, 0, 0.005, 5)])
    yield from codes("HARD_SWISH", "uint8", [(0.03, 128, 0.02, 10), (0.1, 0, 0.1, 0), (0.05, 90, 0.03, 20)])
