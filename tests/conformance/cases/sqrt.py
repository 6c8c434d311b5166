# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("SQRT", 0, 9, [0, 1, 2, 1e-30, 1e30, float("inf"), float("nan")])
    yield from codes("SQRT", "int8", [(0.05, -128, 0.02, -128), (0.01, -128, 0.01, 3), (0.5, 0, 0.04, -128)], lambda zero: zero)
    yield from codes("SQRT", "int16", [(1 / 4096, 0, 3 / 32768, 0), (0.001, 0, 0.0005, 0)], lambda zero: 0)
