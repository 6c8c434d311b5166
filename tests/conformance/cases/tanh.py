# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("TANH", -3, 3, [0, -0.0, 1, -1, 30, -30, 1e-20, -1e-20, 3e-3, -3e-3, float("inf"), -float("inf"), float("nan")])
    yield from codes("TANH", "int8", [(0.03, 0, 1 / 128, 0), (0.1, -128, 1 / 128, 0), (0.01, 127, 0.01, 5), (2.0, 3, 0.02, -128)])
    yield from codes("TANH", "uint8", [(0.03, 128, 1 / 128, 128), (0.1, 0, 1 / 128, 128), (0.01, 255, 0.01, 5)])
    # At 1/4096 and 1/2048 LiteRT takes another way, which is off by up to 12 quanta from the true tanh.
    yield from codes("TANH", "int16", [(1 / 1024, 0, 1 / 32768, 0), (0.0003, 0, 1 / 32768, 0), (0.00001, 0, 1 / 32768, 0)])
    yield from codes("TANH", "int16", [(1 / 4096, 0, 1 / 32768, 0)], label="_q12", oracle="ref")
