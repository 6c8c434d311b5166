# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("ELU", -3, 3, [0, -0.0, 1, -1, 30, -30, 1e-20, -1e-20, 3e-3, -3e-3, float("inf"), -float("inf"), float("nan")])
    yield from codes("ELU", "int8", [(0.03, 0, 0.02, -70), (0.1, -128, 0.1, -128), (0.01, 127, 0.01, 5), (0.05, 3, 0.02, 127)])
