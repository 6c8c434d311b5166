# SPDX-License-Identifier: Apache-2.0
"""What the tables of several ops share."""

import numpy as np

from conformance import Case, const, random_values

ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
# Pairs of shapes that broadcast, and the shape that comes out.
BROADCASTS = {
    "same": ((2, 3, 5), (2, 3, 5), (2, 3, 5)),
    "channel": ((1, 3, 2, 5), (5,), (1, 3, 2, 5)),
    "channel_left": ((5,), (1, 3, 2, 5), (1, 3, 2, 5)),
    "scalar": ((2, 7), (), (2, 7)),
    "one": ((2, 7), (1,), (2, 7)),
    "rows": ((4, 1, 3), (1, 5, 1), (4, 5, 3)),
    "middle": ((2, 1, 3, 1), (1, 4, 1, 5), (2, 4, 3, 5)),
    "rank1": ((9,), (9,), (9,)),
    "rank5": ((2, 1, 2, 1, 3), (1, 3, 1, 2, 1), (2, 3, 2, 2, 3)),
    "rank6": ((2, 1, 2, 1, 2, 3), (1, 2, 1, 2, 1, 1), (2, 2, 2, 2, 2, 3)),
    "single": ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1)),
    "empty": ((0, 3), (1, 3), (0, 3)),
}
# Both ends and the middle of a zero point.
ZEROS = {"int8": (-128, 0, 127), "uint8": (0, 128, 255)}


def dtype_low(dtype):
    return np.iinfo(dtype).min


def weights(dtype, shape, seed, scale=None, zp=None, axis=0, low=None, high=None):
    """A constant of random values; the same for the same seed."""
    array = random_values(dtype, shape, seed, low, high)
    return const(array, scale=scale, zp=zp, axis=axis, dtype=dtype)


def channel_scales(count, seed, low=0.002, high=0.02):
    """One scale per channel, all different."""
    return random_values("float32", (count,), seed, low, high) + np.arange(count, dtype=np.float32) * 1e-5


def without_bias(case):
    """The case without its last input, the bias. LiteRT wants one for convolutions, so the oracle adds zeros."""
    case.inputs[-1].values = np.zeros_like(case.inputs[-1].values)
    return Case(case.name, case.op, case.inputs[:-1], case.outputs, case.options, oracle=case)
