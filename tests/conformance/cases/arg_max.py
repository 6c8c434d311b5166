# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t

AXES = {
    "last": ((3, 7), 1),
    "negative": ((2, 3, 5), -1),
    "first": ((4, 3), 0),
    "middle": ((2, 5, 3), 1),
    "channels": ((1, 3, 2, 6), 3),
    "rank1": ((9,), 0),
    "of_one": ((3, 1), 1),
}


def cases():
    for name, (shape, axis) in AXES.items():
        y = tuple(d for i, d in enumerate(shape) if i != axis % len(shape))
        for dtype in ("float32", "int8", "uint8"):
            quant = {} if dtype == "float32" else dict(scale=0.1, zp=3)
            for index in ("int32", "int64"):
                yield Case(
                    f"{dtype}_{name}_{index}",
                    "ARG_MAX",
                    [t(dtype, shape, **quant), const(np.array(axis, np.int32))],
                    [out(index, y)],
                    dict(outputType=index),
                )
    yield Case(
        "int8_ties",
        "ARG_MAX",
        [t("int8", (6, 8), scale=0.1, zp=0, low=0, high=2), const(np.array(1, np.int32))],
        [out("int32", (6,))],
        dict(outputType="int32"),
    )
    yield Case(
        "f32_ties",
        "ARG_MAX",
        [t("float32", (2, 4), values=[[1, 3, 3, 0], [-np.inf, -np.inf, -3e38, -3e38]]), const(np.array(1, np.int32))],
        [out("int32", (2,))],
        dict(outputType="int32"),
    )
    yield Case(
        "f32_axis64",
        "ARG_MAX",
        [t("float32", (3, 5)), const(np.array([1], np.int64))],
        [out("int64", (3,))],
        dict(outputType="int64"),
    )
