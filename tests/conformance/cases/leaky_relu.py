# SPDX-License-Identifier: Apache-2.0
from unary import codes, floats


def cases():
    for alpha in (0.1, 0.3, -0.5, 1.5):
        options = dict(alpha=alpha)
        for case in floats("LEAKY_RELU", -3, 3, [0, -0.0, 1, -1, float("inf"), -float("inf")], options):
            case.name += f"_{alpha}"
            yield case
        pairs = [(0.03, 0, 0.02, -100), (0.1, -128, 0.1, -128), (0.03, 127, 0.005, 5)]
        yield from codes("LEAKY_RELU", "int8", pairs, None, options, f"_{alpha}")
        pairs = [(0.03, 128, 0.02, 10), (0.1, 0, 0.1, 0), (0.05, 90, 0.03, 20), (1.0, 30, 0.001, 100)]
        yield from codes("LEAKY_RELU", "uint8", pairs, None, options, f"_{alpha}")
        yield from codes("LEAKY_RELU", "int16", [(0.001, 0, 0.001, 0), (0.001, 0, 0.003, 0)], None, options, f"_{alpha}")
