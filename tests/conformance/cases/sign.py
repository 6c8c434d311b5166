# SPDX-License-Identifier: Apache-2.0
from unary import floats, integers


def cases():
    yield from floats("SIGN", -3, 3, [0, -0.0, 2, -2, float("inf"), -float("inf")])
    yield from integers("SIGN", "int32", low=-2, high=2)
