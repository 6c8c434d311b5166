# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("RSQRT", 0.01, 9, [1, 2, 1e-30, 1e30, float("inf"), float("nan")])
    yield from codes("RSQRT", "int8", [(0.05, -128, 0.02, -128), (0.01, -128, 0.05, 3), (0.5, 0, 0.01, -128)], lambda zero: zero + 1)
    yield from codes("RSQRT", "int16", [(1 / 4096, 0, 1 / 512, 0), (0.001, 0, 0.001, 0)], lambda zero: 1)
