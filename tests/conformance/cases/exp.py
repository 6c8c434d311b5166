# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("EXP", -5, 5, [0, -0.0, 1, 80, -80, 1e-20, float("inf"), -float("inf")])  # LiteRT makes 0 of NaN
    yield from codes("EXP", "int8", [(0.02, 0, 0.1, -128), (0.02, -128, 1.0, -128), (0.005, 127, 0.004, -128), (0.1, 9, 300.0, 0)])
    yield from codes("EXP", "int16", [(1 / 4096, 0, 0.1, 0), (0.0001, 0, 0.001, 0), (0.00002, 0, 0.0001, 0)])
