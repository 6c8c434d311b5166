# SPDX-License-Identifier: Apache-2.0
"""Ops of StableHLO that are ops of Inlay. LiteRT runs few of them, so NumPy says what is expected."""

import numpy as np
from conformance import Case, const, out, t

UNARY = {
    "ABS": np.abs,
    "EXPONENTIAL": np.exp,
    "LOG": np.log,
    "LOGISTIC": lambda x: 1 / (1 + np.exp(-x)),
    "TANH": np.tanh,
    "RSQRT": lambda x: 1 / np.sqrt(x),
    "FLOOR": np.floor,
    "COSINE": np.cos,
    "NEGATE": np.negative,
}
BINARY = {
    "ADD": np.add,
    "SUBTRACT": np.subtract,
    "MULTIPLY": np.multiply,
    "DIVIDE": np.divide,
    "MAXIMUM": np.maximum,
    "MINIMUM": np.minimum,
    "POWER": np.power,
}
COMPARE = [np.equal, np.not_equal, np.greater_equal, np.greater, np.less_equal, np.less]


def wide(x):
    return x.astype(np.float64) if x.dtype == np.float32 else x


def case(name, op, inputs, output, function, options=None, **more):
    return Case(name, "STABLEHLO_" + op, inputs, [output], options, oracle=lambda xs: [function(*map(wide, xs))], **more)


def cases():
    shape = (2, 3, 4)
    for op, function in UNARY.items():
        yield case(op.lower(), op, [t("float32", shape, low=0.25, high=3)], out("float32", shape), function)
    for op, function in BINARY.items():
        inputs = [t("float32", shape, low=0.25, high=3), t("float32", shape, low=0.25, high=3)]
        yield case(op.lower(), op, inputs, out("float32", shape), function)
    for op in ("ADD", "SUBTRACT", "MULTIPLY", "MAXIMUM", "MINIMUM"):
        inputs = [t("int32", shape, low=-99, high=99), t("int32", shape, low=-99, high=99)]
        yield case(op.lower() + "_int32", op, inputs, out("int32", shape), BINARY[op])
    for op, function in (("AND", np.logical_and), ("OR", np.logical_or)):
        yield case(op.lower(), op, [t("bool", shape), t("bool", shape)], out("bool", shape), function)
    for direction, function in enumerate(COMPARE):
        inputs = [t("int32", shape, low=0, high=3), t("int32", shape, low=0, high=3)]
        options = dict(comparisonDirection=direction)
        yield case("compare_" + function.__name__, "COMPARE", inputs, out("bool", shape), function, options)
    x = t("float32", shape)
    yield case("reshape", "RESHAPE", [x], out("float32", (4, 6)), lambda x: x.reshape(4, 6))
    order = dict(permutation=[2, 0, 1])
    yield case("transpose", "TRANSPOSE", [x], out("float32", (4, 2, 3)), lambda x: x.transpose(2, 0, 1), order)
    joined = out("float32", (2, 5, 4))
    both = lambda x, y: np.concatenate([x, y], 1)  # noqa: E731
    yield case("concatenate", "CONCATENATE", [x, t("float32", (2, 2, 4))], joined, both, dict(dimension=1))
    part = dict(startIndices=[0, 1, 0], limitIndices=[2, 3, 4], strides=[1, 1, 3])
    yield case("slice", "SLICE", [x], out("float32", (2, 2, 2)), lambda x: x[:, 1:3, ::3], part)
    choice = [t("bool", shape), x, t("float32", shape)]
    yield case("select", "SELECT", choice, out("float32", shape), np.where)
    yield case("convert", "CONVERT", [t("float32", shape, low=-9, high=9)], out("int32", shape), lambda x: x.astype(np.int32))
    ends = [const(np.float32(-0.5)), x, const(np.float32(0.25))]
    yield case("clamp", "CLAMP", ends, out("float32", shape), lambda low, x, high: np.clip(x, low, high))
    spread = lambda x: np.broadcast_to(x[:, None, :, None], (2, 5, 3, 2))  # noqa: E731
    dims = dict(broadcastDimensions=[0, 2])
    yield case("broadcast_in_dim", "BROADCAST_IN_DIM", [t("float32", (2, 3))], out("float32", (2, 5, 3, 2)), spread, dims)
    borders = dict(edgePaddingLow=[0, 1], edgePaddingHigh=[2, 0], interiorPadding=[0, 0])
    padded = lambda x, value: np.pad(x, ((0, 2), (1, 0)), constant_values=value)  # noqa: E731
    yield case("pad", "PAD", [t("float32", (2, 3)), const(np.float32(-7))], out("float32", (4, 4)), padded, borders)

    def update(x, part, row, column):
        y = x.copy()
        y[row : row + 2, column : column + 2] = part
        return y

    starts = [t("int32", (), low=0, high=1), t("int32", (), low=0, high=2)]
    inputs = [t("float32", (3, 4)), t("float32", (2, 2))] + starts
    yield case("dynamic_update_slice", "DYNAMIC_UPDATE_SLICE", inputs, out("float32", (3, 4)), update)
