# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import ZEROS, channel_scales

SHAPES = ((7,), (2, 3, 4), (1, 3, 2, 5), (), (0, 4))


def cases():
    for shape in SHAPES:
        text = "x".join(map(str, shape)) or "scalar"
        for dtype, zeros in ZEROS.items():
            yield Case(
                f"{dtype}_{text}",
                "DEQUANTIZE",
                [t(dtype, shape, scale=0.07, zp=zeros[1] + 3)],
                [out("float32", shape)],
                tolerance=0,
            )
    for dtype, zeros in ZEROS.items():
        for zero in zeros:
            yield Case(
                f"{dtype}_zero{zero}", "DEQUANTIZE", [t(dtype, (50,), scale=0.013, zp=zero)], [out("float32", (50,))], tolerance=0
            )
    yield Case("int16", "DEQUANTIZE", [t("int16", (50,), scale=3e-4, zp=0)], [out("float32", (50,))], tolerance=0)
    for axis in (0, 1, 2):
        yield Case(
            f"int8_channels_axis{axis}",
            "DEQUANTIZE",
            [t("int8", (3, 4, 5), scale=channel_scales((3, 4, 5)[axis], str(axis)), zp=0, axis=axis)],
            [out("float32", (3, 4, 5))],
            tolerance=0,
        )
    values = np.array([0, -0.0, 1, -1, 65504, -65504, 6e-8, 1e-5, np.inf, -np.inf, 0.333, 1000.5], np.float16)
    yield Case("float16_special", "DEQUANTIZE", [t("float16", (12,), values=values)], [out("float32", (12,))], tolerance=0)
    yield Case("float16", "DEQUANTIZE", [t("float16", (4, 9))], [out("float32", (4, 9))], tolerance=0)
