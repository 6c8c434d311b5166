# SPDX-License-Identifier: Apache-2.0
from unary import floats


def cases():
    yield from floats("SQUARE", -3, 3, [0, -0.0, 2, -2, 1e10, float("inf"), -float("inf"), float("nan")])
