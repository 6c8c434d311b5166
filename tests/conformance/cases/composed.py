# SPDX-License-Identifier: Apache-2.0
"""Source ops that become a few others, or none: ADD_N, FAKE_QUANT, BUCKETIZE, BROADCAST_ARGS, DILATE."""

import numpy as np
from conformance import Case, const, out, t


def broadcast_args(b):
    """zeros of the shape that x and y have together, and x."""
    x = b.add(t("float32", (3, 1)))
    y = b.add(t("float32", (2, 1, 4)))
    shapes = [b.tensor("int32", (2,)), b.tensor("int32", (3,))]
    for tensor, shape in zip((x, y), shapes):
        b.op("SHAPE", [tensor], [shape], dict(outType="INT32"))
    both = b.tensor("int32", (3,))
    b.op("BROADCAST_ARGS", shapes, [both])
    b.op("BROADCAST_TO", [x, both], [b.add(out("float32", (2, 3, 4)))], version=2)


def cases():
    for count in (2, 3, 5):
        for dtype in ("float32", "int32"):
            yield Case(f"add_n_{dtype}_{count}", "ADD_N", [t(dtype, (2, 3)) for _ in range(count)], [out(dtype, (2, 3))])
    for name, options in (
        ("8", dict(min=-1.0, max=1.5, numBits=8)),
        ("7", dict(min=-0.7, max=0.6, numBits=7)),
        ("4", dict(min=0.0, max=1.7, numBits=4)),
        ("16", dict(min=-2.0, max=0.0, numBits=16)),
        ("5_shifted", dict(min=-0.33, max=0.41, numBits=5)),
    ):
        yield Case(f"fake_quant_{name}", "FAKE_QUANT", [t("float32", (3, 17), low=-2, high=2)], [out("float32", (3, 17))], options)
    for dtype in ("float32", "int32", "int64"):
        for name, bounds in (("four", [-3.0, 0.0, 1.0, 7.5]), ("one", [2.0]), ("twice", [0.0, 0.0, 4.0])):
            yield Case(
                f"bucketize_{dtype}_{name}",
                "BUCKETIZE",
                [t(dtype, (2, 3, 4), low=-10, high=10)],
                [out("int32", (2, 3, 4))],
                dict(boundaries=bounds),
            )
    yield Case("broadcast_args", "BROADCAST_ARGS", model=broadcast_args, tolerance=0)
    for dtype in ("float32", "int8", "int16", "int32", "int64", "uint8"):
        value = np.array(3, dtype)
        for name, shape, steps, y in (
            ("rows", (3, 2), (2, 1), (5, 2)),
            ("both", (3, 4), (3, 2), (7, 7)),
            ("none", (3, 4), (1, 1), (3, 4)),
            ("inner", (2, 3, 2, 2), (1, 2, 1, 3), (2, 5, 2, 4)),
            ("one", (1, 3), (4, 1), (1, 3)),
        ):
            yield Case(
                f"dilate_{dtype}_{name}",
                "DILATE",
                [t(dtype, shape), const(np.array(steps, np.int32)), const(value)],
                [out(dtype, y)],
                tolerance=0,
            )
