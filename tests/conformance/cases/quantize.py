# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import ZEROS

SHAPES = ((7,), (2, 3, 4), (1, 3, 2, 5), (), (0, 4))
SPECIAL = [0.0, -0.0, 0.05, -0.05, 0.15, 0.25, 12.75, -12.85, 1e30, -1e30, np.inf, -np.inf]


def cases():
    for shape in SHAPES:
        text = "x".join(map(str, shape)) or "scalar"
        for dtype, zeros in ZEROS.items():
            yield Case(
                f"f32_{dtype}_{text}",
                "QUANTIZE",
                [t("float32", shape, low=-10, high=10)],
                [out(dtype, shape, scale=0.07, zp=zeros[1] + 3)],
                tolerance=0,
            )
    for dtype, zeros in ZEROS.items():
        for zero in zeros:
            yield Case(
                f"f32_{dtype}_zero{zero}",
                "QUANTIZE",
                [t("float32", (50,), low=-20, high=20)],
                [out(dtype, (50,), scale=0.1, zp=zero)],
                tolerance=0,
            )
        yield Case(
            f"f32_{dtype}_special",
            "QUANTIZE",
            [t("float32", (12,), values=SPECIAL)],
            [out(dtype, (12,), scale=0.1, zp=zeros[1])],
            tolerance=0,
        )
        for i, (a, b) in enumerate(((0.1, 0.1), (0.1, 0.037), (0.05, 0.31), (1e-3, 0.9))):
            yield Case(
                f"{dtype}_rescale{i}",
                "QUANTIZE",
                [t(dtype, (64,), scale=a, zp=zeros[1] - 5)],
                [out(dtype, (64,), scale=b, zp=zeros[1] + 7)],
            )
    yield Case(
        "f32_int16", "QUANTIZE", [t("float32", (64,), low=-3, high=3)], [out("int16", (64,), scale=1e-4, zp=0)], tolerance=0
    )
    for a, za, b, zb in (
        ("int8", -5, "uint8", 123),
        ("uint8", 128, "int8", 0),
        ("uint8", 3, "int8", 9),
        ("int8", 127, "uint8", 0),
    ):
        for sa, sb in ((0.1, 0.1), (0.1, 0.043)):
            yield Case(
                f"{a}_{za}_{b}_{zb}_{sa}_{sb}", "QUANTIZE", [t(a, (64,), scale=sa, zp=za)], [out(b, (64,), scale=sb, zp=zb)]
            )
    for sb in (1e-4, 0.003):
        yield Case(f"int16_int8_{sb}", "QUANTIZE", [t("int16", (64,), scale=1e-4, zp=0)], [out("int8", (64,), scale=sb, zp=4)])
        yield Case(f"int16_int16_{sb}", "QUANTIZE", [t("int16", (64,), scale=1e-4, zp=0)], [out("int16", (64,), scale=sb, zp=0)])
        yield Case(f"int8_int16_{sb}", "QUANTIZE", [t("int8", (64,), scale=0.01, zp=-3)], [out("int16", (64,), scale=sb, zp=0)])
