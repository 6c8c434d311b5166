# SPDX-License-Identifier: Apache-2.0
import binary_tables as more
import numpy as np
from conformance import Case, const, out, t
from tables import ACTIVATIONS, BROADCASTS, ZEROS


def cases():
    for name, (a, b, y) in BROADCASTS.items():
        yield Case(f"f32_{name}", "ADD", [t("float32", a), t("float32", b)], [out("float32", y)])
        for dtype, zeros in ZEROS.items():
            yield Case(
                f"{dtype}_{name}",
                "ADD",
                [t(dtype, a, scale=0.02, zp=zeros[1] - 3), t(dtype, b, scale=0.05, zp=zeros[1] + 11)],
                [out(dtype, y, scale=0.06, zp=zeros[1])],
            )
    for name in ("same", "channel", "rank6"):
        a, b, y = BROADCASTS[name]
        yield Case(
            f"s32_{name}",
            "ADD",
            [t("int32", a, low=-(2**30), high=2**30), t("int32", b, low=-(2**30), high=2**30)],
            [out("int32", y)],
        )
    for act in ACTIVATIONS:
        options = dict(fusedActivationFunction=act)
        low_high = dict(low=-8, high=8)
        yield Case(
            f"f32_{act}",
            "ADD",
            [t("float32", (3, 11), **low_high), t("float32", (3, 11), **low_high)],
            [out("float32", (3, 11))],
            options,
        )
        yield Case(
            f"s32_{act}",
            "ADD",
            [t("int32", (3, 11), low=-9, high=9), t("int32", (3, 11), low=-9, high=9)],
            [out("int32", (3, 11))],
            options,
        )
        for dtype, zeros in ZEROS.items():
            for zero in zeros:
                yield Case(
                    f"{dtype}_{act}_zero{zero}",
                    "ADD",
                    [t(dtype, (4, 9), scale=0.05, zp=zeros[0]), t(dtype, (4, 9), scale=0.03, zp=zeros[2])],
                    [out(dtype, (4, 9), scale=0.04, zp=zero)],
                    options,
                )
    # Ratios of scales at the ends of what converters write.
    for i, (sa, sb, sy) in enumerate(
        ((1e-3, 1.0, 1.0), (1.0, 1e-3, 0.5), (0.9, 0.9, 0.004), (0.004, 0.003, 1.5), (3e-5, 2e-5, 4e-5))
    ):
        yield Case(
            f"int8_scales{i}",
            "ADD",
            [t("int8", (64,), scale=sa, zp=5), t("int8", (64,), scale=sb, zp=-9)],
            [out("int8", (64,), scale=sy, zp=1)],
        )
    constant = np.arange(-60, 60, 10, dtype=np.int8)
    yield Case(
        "int8_constant_right",
        "ADD",
        [t("int8", (5, 12), scale=0.1, zp=-4), const(constant, scale=0.2, zp=7)],
        [out("int8", (5, 12), scale=0.15, zp=0)],
    )
    yield Case(
        "int8_constant_left",
        "ADD",
        [const(constant, scale=0.2, zp=7), t("int8", (5, 12), scale=0.1, zp=-4)],
        [out("int8", (5, 12), scale=0.15, zp=0)],
    )
    x = t("float32", (2, 2, 3), values=[[[np.inf, -np.inf, 0], [1e38, -1e38, 1e-20]], [[3e38, -3e38, np.nan], [1, -0.0, 2]]])
    yield Case("f32_extremes", "ADD", [x, t("float32", (2, 2, 3), values=np.full((2, 2, 3), 1e38))], [out("float32", (2, 2, 3))])
    yield from more.plain("ADD", "int64", -1 << 40, 1 << 40, shapes=more.SHAPES[:6])
    yield from more.activations("ADD", "int64", low=-9, high=9)
    options = {"potScaleInt16": False}
    yield from more.quantized("ADD", "int16", options=options)
    yield from more.constant("ADD", "int16", more.QUANT["int16"], options=options)
    yield from more.activations("ADD", "int16", more.QUANT["int16"], options=options)
    # Ratios of scales at both ends of what LiteRT delegates, and far below (far above, its kernels overflow).
    for name, a, b, y in (("small", 0.0001, 0.00015, 1.0), ("large", 1.0, 3.0, 0.02), ("apart", 1e-6, 1.0, 1.0), ("vanish", 1e-9, 1e-9, 1.0)):
        yield Case(f"int8_scales_{name}", "ADD", [t("int8", (64,), a, -128), t("int8", (64,), b, 127)], [out("int8", (64,), y, -3)])
    # Scales that are powers of two: TFLite shifts instead of multiplying.
    for name, a, b in (("first", 2.0**-12, 2.0**-10), ("second", 2.0**-10, 2.0**-13), ("neither", 2.0**-10, 2.0**-10)):
        yield Case(f"int16_shift_{name}", "ADD", [t("int16", (40,), a, 0), t("int16", (40,), b, 0)], [out("int16", (40,), 2.0**-10, 0)],
                   options={"potScaleInt16": True})
    yield from more.plain("ADD", "int16", -30000, 30000, -2000, 2000, shapes=more.SHAPES[:4], tag="_plain")
