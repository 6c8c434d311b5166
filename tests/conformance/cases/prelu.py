# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t
from tables import ZEROS, weights

SHAPES = {
    "channel": ((1, 3, 2, 5), (5,)),
    "shared": ((1, 3, 4, 5), (1, 1, 5)),
    "each": ((2, 3, 4), (2, 3, 4)),
    "row": ((1, 4, 3, 2), (1, 3, 1)),
    "one": ((2, 6), (1,)),
    "rank1": ((7,), (7,)),
}


def cases():
    for name, (x, slopes) in SHAPES.items():
        yield Case(
            f"f32_{name}", "PRELU", [t("float32", x, low=-4, high=4), weights("float32", slopes, name)], [out("float32", x)]
        )
        for dtype, zeros in ZEROS.items():
            yield Case(
                f"{dtype}_{name}",
                "PRELU",
                [t(dtype, x, scale=0.05, zp=zeros[1] + 3), weights(dtype, slopes, name + dtype, scale=0.01, zp=zeros[1] - 7)],
                [out(dtype, x, scale=0.04, zp=zeros[1] - 9)],
            )
    for dtype, zeros in ZEROS.items():
        for zero in zeros:
            for zero_slope in (zeros[0], zeros[2]):
                yield Case(
                    f"{dtype}_zeros{zero}_{zero_slope}",
                    "PRELU",
                    [t(dtype, (4, 10), scale=0.05, zp=zero), weights(dtype, (10,), f"s{zero}", scale=0.004, zp=zero_slope)],
                    [out(dtype, (4, 10), scale=0.05, zp=zero)],
                )
    yield Case(
        "f32_runtime_slopes", "PRELU", [t("float32", (2, 3, 4), low=-4, high=4), t("float32", (4,))], [out("float32", (2, 3, 4))]
    )
