# SPDX-License-Identifier: Apache-2.0
"""Cases of the pooling ops."""

from conformance import Case, out, t
from tables import ACTIVATIONS, ZEROS

# name: input, (filter h, w), (stride h, w), padding, output h, w
WINDOWS = {
    "2x2": ((1, 6, 6, 3), (2, 2), (2, 2), "VALID", (3, 3)),
    "2x2_same_odd": ((1, 5, 7, 3), (2, 2), (2, 2), "SAME", (3, 4)),
    "3x3_same": ((2, 5, 4, 2), (3, 3), (1, 1), "SAME", (5, 4)),
    "3x2_strides": ((1, 7, 8, 5), (3, 2), (2, 1), "SAME", (4, 8)),
    "global": ((1, 7, 5, 9), (7, 5), (1, 1), "VALID", (1, 1)),
    "global_stride": ((1, 4, 4, 17), (4, 4), (4, 4), "VALID", (1, 1)),
    "wider_than_input": ((1, 2, 3, 4), (5, 5), (1, 1), "SAME", (2, 3)),
    "skips": ((1, 9, 9, 2), (2, 2), (4, 3), "VALID", (2, 3)),
    "1x1": ((1, 3, 3, 2), (1, 1), (1, 1), "VALID", (3, 3)),
    "1x1_stride2": ((1, 5, 4, 2), (1, 1), (2, 2), "SAME", (3, 2)),
    "row": ((1, 1, 10, 3), (1, 3), (1, 2), "SAME", (1, 5)),
    "channels33": ((1, 3, 3, 33), (2, 2), (1, 1), "SAME", (3, 3)),
}


def case(op, name, dtype, window, act="NONE", scale=None, zp=None, low=None, high=None):
    x, window_size, strides, padding, y = WINDOWS[window]
    options = dict(
        padding=padding,
        filterHeight=window_size[0],
        filterWidth=window_size[1],
        strideH=strides[0],
        strideW=strides[1],
        fusedActivationFunction=act,
    )
    return Case(
        name,
        op,
        [t(dtype, x, scale=scale, zp=zp, low=low, high=high)],
        [out(dtype, (x[0],) + y + (x[3],), scale=scale, zp=zp)],
        options,
        tolerance=None if dtype == "float32" else 0,
    )


def pool_cases(op, quantized=True):
    dtypes = ZEROS if quantized else {}
    for window in WINDOWS:
        yield case(op, f"f32_{window}", "float32", window)
        for dtype, zeros in dtypes.items():
            yield case(op, f"{dtype}_{window}", dtype, window, scale=0.05, zp=zeros[1] + 3)
    for act in ACTIVATIONS:
        yield case(op, f"f32_{act}", "float32", "3x3_same", act, low=-9, high=9)
        for dtype, zeros in dtypes.items():
            for zero in zeros:
                yield case(op, f"{dtype}_{act}_zero{zero}", dtype, "3x3_same", act, scale=0.06, zp=zero)
    if quantized:
        for window in ("3x3_same", "global", "channels33"):
            yield case(op, f"int16_{window}", "int16", window, scale=3e-4, zp=0)
        yield case(op, "int16_RELU6", "int16", "3x3_same", "RELU6", scale=3e-4, zp=0)
    yield case(op, "f32_negative", "float32", "wider_than_input", low=-9, high=-1)
