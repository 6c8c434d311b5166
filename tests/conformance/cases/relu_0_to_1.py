# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    yield from floats("RELU_0_TO_1", -2, 2, [0, 1, 0.5, -5, 5, float("inf"), -float("inf")])
    yield from codes("RELU_0_TO_1", "int8", [(0.02, 0, 0.02, 0), (0.02, 3, 0.005, -120)])
    yield from codes("RELU_0_TO_1", "uint8", [(0.02, 128, 0.02, 128), (0.02, 30, 0.005, 10)])
