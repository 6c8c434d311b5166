# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t
from tables import ZEROS, weights

SHAPES = {
    "channels": (((1, 3, 2, 3), (1, 3, 2, 5)), 3, (1, 3, 2, 8)),
    "channels_negative": (((1, 3, 2, 3), (1, 3, 2, 5)), -1, (1, 3, 2, 8)),
    "rows": (((1, 1, 2, 3), (1, 4, 2, 3), (1, 2, 2, 3)), 1, (1, 7, 2, 3)),
    "first": (((2, 3), (1, 3)), 0, (3, 3)),
    "rank1": (((4,), (1,), (2,)), 0, (7,)),
    "one": (((2, 3),), 1, (2, 3)),
    "empty": (((2, 0), (2, 3)), 1, (2, 3)),
    "five": (((2, 1, 2),) * 5, 1, (2, 5, 2)),
    "rank5": (((1, 2, 1, 2, 3), (1, 2, 2, 2, 3)), 2, (1, 2, 3, 2, 3)),
}


def cases():
    for name, (shapes, axis, y) in SHAPES.items():
        options = dict(axis=axis)
        yield Case(f"f32_{name}", "CONCATENATION", [t("float32", x) for x in shapes], [out("float32", y)], options, tolerance=0)
        for dtype, zeros in ZEROS.items():
            quant = dict(scale=0.1, zp=zeros[len(name) % 3])
            yield Case(
                f"{dtype}_{name}",
                "CONCATENATION",
                [t(dtype, x, **quant) for x in shapes],
                [out(dtype, y, **quant)],
                options,
                tolerance=0,
            )
    for dtype in ("int16", "int32", "int64", "bool", "uint32"):
        quant = dict(scale=0.1, zp=0) if dtype == "int16" else {}
        yield Case(
            f"dtype_{dtype}",
            "CONCATENATION",
            [t(dtype, (2, 3), **quant), t(dtype, (2, 4), **quant)],
            [out(dtype, (2, 7), **quant)],
            dict(axis=1),
            tolerance=0,
        )
    for i, (scales, zeros) in enumerate((((0.1, 0.03), (128, 100)), ((0.02, 0.3), (0, 255)), ((0.1, 0.1), (3, 128)))):
        yield Case(
            f"uint8_rescale{i}",
            "CONCATENATION",
            [t("uint8", (4, 9), scale=s, zp=z) for s, z in zip(scales, zeros)] + [t("uint8", (4, 3), scale=0.09, zp=120)],
            [out("uint8", (4, 21), scale=0.09, zp=120)],
            dict(axis=1),
        )
    yield Case(
        "f32_constant",
        "CONCATENATION",
        [weights("float32", (2, 3), "constant"), t("float32", (2, 4))],
        [out("float32", (2, 7))],
        dict(axis=1),
        tolerance=0,
    )
