# SPDX-License-Identifier: Apache-2.0
"""The table of cases that functions of one value share."""

import numpy as np
from conformance import Case, out, t

SHAPES = ((7,), (2, 3, 5), (1, 2, 3, 4), (), (0, 4))
LOWEST = {"int8": -128, "uint8": 0, "int16": -32768}
HIGHEST = {"int8": 127, "uint8": 255, "int16": 32767}


def every(dtype, first=None):
    """All codes of an 8-bit dtype from `first` on, or 400 of int16."""
    first = LOWEST[dtype] if first is None else first
    count = HIGHEST[dtype] - first + 1
    return np.arange(first, HIGHEST[dtype] + 1) if count <= 256 else np.linspace(first, HIGHEST[dtype], 400).astype(np.int16)


def floats(op, low, high, values=(), options=None, tolerance=None, shapes=SHAPES):
    """float32 over shapes, and special values."""
    for shape in shapes:
        text = "x".join(map(str, shape)) or "scalar"
        yield Case(f"f32_{text}", op, [t("float32", shape, low=low, high=high)], [out("float32", shape)], options, tolerance=tolerance)
    if len(values) > 0:
        feed = np.asarray(values, np.float32)
        yield Case("f32_values", op, [t("float32", feed.shape, values=feed)], [out("float32", feed.shape)], options, tolerance=tolerance)


def codes(op, dtype, pairs, first=None, options=None, label="", **more):
    """Every code of a dtype. pairs: (input scale, input zero, output scale, output zero); first(in_zero): the lowest code."""
    for i, (in_scale, in_zero, out_scale, out_zero) in enumerate(pairs):
        feed = every(dtype, first(in_zero) if first else None)
        yield Case(
            f"{dtype}_codes{label}_{i}",
            op,
            [t(dtype, feed.shape, scale=in_scale, zp=in_zero, values=feed)],
            [out(dtype, feed.shape, scale=out_scale, zp=out_zero)],
            options,
            **more,
        )


def integers(op, dtype, options=None, low=-1000, high=1000, shapes=SHAPES):
    for shape in shapes:
        text = "x".join(map(str, shape)) or "scalar"
        yield Case(f"{dtype}_{text}", op, [t(dtype, shape, low=low, high=high)], [out(dtype, shape)], options, tolerance=0)
