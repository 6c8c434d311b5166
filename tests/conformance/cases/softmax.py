# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import ZEROS, dtype_low

SHAPES = ((1, 10), (3, 7), (2, 3, 5), (2, 1, 3, 6), (4, 1), (1, 300), (9,))


def cases():
    for shape in SHAPES:
        text = "x".join(map(str, shape))
        for beta in (1.0, 0.5, 3.0):
            if beta != 1.0 and shape not in ((3, 7), (1, 300)):
                continue
            options = dict(beta=beta)
            yield Case(
                f"f32_{text}_beta{beta}", "SOFTMAX", [t("float32", shape, low=-6, high=6)], [out("float32", shape)], options
            )
            for dtype, zeros in ZEROS.items():
                yield Case(
                    f"{dtype}_{text}_beta{beta}",
                    "SOFTMAX",
                    [t(dtype, shape, scale=0.04, zp=zeros[1] + 5)],
                    [out(dtype, shape, scale=1 / 256, zp=dtype_low(dtype))],
                    options,
                    tolerance=0,
                )
    for dtype, zeros in ZEROS.items():
        for scale in (1e-3, 0.1, 1.0, 8.0):
            for zero in (zeros[0], zeros[2]):
                yield Case(
                    f"{dtype}_scale{scale}_zero{zero}",
                    "SOFTMAX",
                    [t(dtype, (2, 33), scale=scale, zp=zero)],
                    [out(dtype, (2, 33), scale=1 / 256, zp=dtype_low(dtype))],
                    tolerance=0,
                )
    yield Case(
        "int8_all_equal",
        "SOFTMAX",
        [t("int8", (2, 3), scale=0.1, zp=0, values=np.full((2, 3), -128))],
        [out("int8", (2, 3), scale=1 / 256, zp=-128)],
        tolerance=0,
    )
    yield Case(
        "f32_large",
        "SOFTMAX",
        [t("float32", (3, 4), values=[[1e4, 1e4, -1e4, 0], [-3e38, 0, 1, 2], [88, 89, 90, 91]])],
        [out("float32", (3, 4))],
    )
    yield Case("f32_empty", "SOFTMAX", [t("float32", (0, 4))], [out("float32", (0, 4))])
