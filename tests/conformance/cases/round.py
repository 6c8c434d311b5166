# SPDX-License-Identifier: Apache-2.0
from unary import floats


def cases():
    yield from floats("ROUND", -3, 3, [0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 1e10, -1e10, 8388607.5])
