# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("LOG", 0.01, 9, [1, 0.5, 2, 1e-30, 1e30])
    yield from codes("LOG", "int8", [(0.05, -128, 0.03, 40), (0.01, -128, 0.05, 127), (0.5, 0, 0.04, 0)], lambda zero: zero + 1)
    yield from codes("LOG", "int16", [(1 / 4096, 0, 12 / 32768, 0), (0.001, 0, 0.0005, 0)], lambda zero: 1)
