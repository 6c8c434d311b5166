# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import ZEROS, dtype_low

SHAPES = ((7,), (2, 3, 4), (1, 3, 2, 5), (), (0, 4))


def cases():
    every = {"int8": np.arange(-128, 128), "uint8": np.arange(256)}
    for shape in SHAPES:
        text = "x".join(map(str, shape)) or "scalar"
        yield Case(f"f32_{text}", "LOGISTIC", [t("float32", shape, low=-6, high=6)], [out("float32", shape)])
        for dtype, zeros in ZEROS.items():
            yield Case(
                f"{dtype}_{text}",
                "LOGISTIC",
                [t(dtype, shape, scale=0.05, zp=zeros[1] + 3)],
                [out(dtype, shape, scale=1 / 256, zp=dtype_low(dtype))],
            )
    for dtype, zeros in ZEROS.items():
        for scale in (0.001, 0.03, 0.2, 2.0):
            for zero in zeros:
                yield Case(
                    f"{dtype}_all_scale{scale}_zero{zero}",
                    "LOGISTIC",
                    [t(dtype, (256,), scale=scale, zp=zero, values=every[dtype])],
                    [out(dtype, (256,), scale=1 / 256, zp=dtype_low(dtype))],
                )
        yield Case(
            f"{dtype}_other_output",
            "LOGISTIC",
            [t(dtype, (256,), scale=0.06, zp=zeros[1], values=every[dtype])],
            [out(dtype, (256,), scale=0.007, zp=zeros[1] - 3)],
        )
    yield Case(
        "f32_special",
        "LOGISTIC",
        [t("float32", (10,), values=[0, -0.0, 100, -100, 88.8, -88.8, np.inf, -np.inf, 1e-30, 20])],
        [out("float32", (10,))],
    )
