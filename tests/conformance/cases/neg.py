# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats, integers


def cases():
    yield from floats("NEG", -3, 3, [0, -0.0, 1, -1, 30, -30, 1e-20, -1e-20, 3e-3, -3e-3, float("inf"), -float("inf"), float("nan")])
    # LiteRT forgets the zero point and lets the lowest code wrap around.
    yield from codes("NEG", "int8", [(0.03, 0, 0.03, 0)], lambda zero: -127)
    yield from codes("NEG", "int16", [(0.001, 0, 0.001, 0)], lambda zero: -32767)
    yield from integers("NEG", "int32")
    yield from integers("NEG", "int64", low=-(2**40), high=2**40)
