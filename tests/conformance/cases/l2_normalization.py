# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for shape in ((7,), (3, 5), (1, 2, 3, 4), (2, 1)):
        text = "x".join(map(str, shape))
        yield Case(f"f32_{text}", "L2_NORMALIZATION", [t("float32", shape)], [out("float32", shape)])
        for dtype, middle in (("int8", 0), ("uint8", 128)):
            for zero in (middle, middle + 127, middle - 128):
                yield Case(
                    f"{dtype}_{text}_zero{zero}",
                    "L2_NORMALIZATION",
                    [t(dtype, shape, scale=0.03, zp=zero)],
                    [out(dtype, shape, scale=1 / 128, zp=middle)],
                    version=2,
                )
