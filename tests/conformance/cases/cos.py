# SPDX-License-Identifier: Apache-2.0
from unary import floats


def cases():
    yield from floats("COS", -20, 20, [0, 1, -1, 3.14159265, 100, -1000, 1e5, 1e-20])
