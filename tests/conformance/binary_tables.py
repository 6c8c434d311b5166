# SPDX-License-Identifier: Apache-2.0
"""Tables that the cases of ops of two inputs share: shapes that broadcast, and quantizations with zero points at both ends."""
import numpy as np

from conformance import Case, const, out, random_values, t

# name, shape of a, shape of b
SHAPES = [
    ("same", (2, 3, 5), (2, 3, 5)),
    ("vector", (33,), (33,)),
    ("channel", (1, 3, 2, 7), (7,)),
    ("channel_first", (7,), (1, 3, 2, 7)),
    ("scalar", (3, 6), ()),
    ("scalar_first", (), (3, 6)),
    ("scalars", (), ()),
    ("one", (19,), (1,)),
    ("last_dim", (2, 3, 1), (2, 3, 4)),
    ("crossed", (3, 1, 4), (1, 5, 1)),
    ("rank5", (2, 1, 3, 1, 2), (3, 1, 4, 1)),
    ("empty", (0, 3), (1, 3)),
]
ACTIVATIONS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")
QUANT = {
    "int8": [(0.05, -128), (0.031, 127), (0.07, 3)],
    "uint8": [(0.05, 0), (0.031, 255), (0.07, 101)],
    "int16": [(0.0021, 0), (0.0007, 0), (0.0013, 0)],
}


def broadcast(a, b):
    return np.broadcast_shapes(a, b)


def plain(op, dtype, low=None, high=None, b_low=None, b_high=None, result=None, shapes=SHAPES, tag="", oracle=None, options=None, tolerance=None):
    """Every shape, in a dtype without scales. b_low, b_high: the range of b, when it is another one."""
    for name, a, b in shapes:
        low_b, high_b = (low if b_low is None else b_low), (high if b_high is None else b_high)
        yield Case(f"{dtype}{tag}_{name}", op, [t(dtype, a, low=low, high=high), t(dtype, b, low=low_b, high=high_b)],
                   [out(result or dtype, broadcast(a, b))], options=options, oracle=oracle, tolerance=tolerance)


def quantized(op, dtype, output=None, result=None, shapes=SHAPES, options=None, b_low=None, b_high=None, scales=None):
    """Every shape, quantized; the three quantizations take turns. output: (scale, zero point) where the table's does not fit."""
    table = scales or QUANT[dtype]
    for i, (name, a, b) in enumerate(shapes):
        qa, qb, qo = (table[(i + k) % 3] for k in range(3))
        qo = output or qo
        y = out(result, broadcast(a, b)) if result else out(dtype, broadcast(a, b), *qo)
        yield Case(f"{dtype}_{name}", op, [t(dtype, a, *qa), t(dtype, b, *qb, low=b_low, high=b_high)], [y], options=options)


def constant(op, dtype, quant=None, output=None, result=None, low=None, high=None, options=None):
    """A constant second, then first operand."""
    qa, qb, qo = quant or [(None, None)] * 3
    values = random_values(dtype, (5,), f"{op}/{dtype}", low, high)
    y = out(result, (3, 5)) if result else out(dtype, (3, 5), *(output or qo))
    yield Case(f"{dtype}_constant", op, [t(dtype, (3, 5), *qa, low=low, high=high), const(values, *qb)], [y], options=options)
    yield Case(f"{dtype}_constant_first", op, [const(values, *qb), t(dtype, (3, 5), *qa, low=low, high=high)], [y], options=options)


def activations(op, dtype, quant=None, output=None, low=None, high=None, b_low=None, options=None):
    """Each fused activation."""
    qa, qb, qo = quant or [(None, None)] * 3
    for name in ACTIVATIONS[1:]:
        yield Case(f"{dtype}_{name.lower()}", op, [t(dtype, (4, 7), *qa, low=low, high=high), t(dtype, (7,), *qb, low=b_low or low, high=high)],
                   [out(dtype, (4, 7), *(output or qo))], options=dict(options or {}, fusedActivationFunction=name))
