# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for shape in ((7,), (3, 5), (1, 2, 3, 4), (2, 1), (2, 100)):
        text = "x".join(map(str, shape))
        yield Case(f"f32_{text}", "LOG_SOFTMAX", [t("float32", shape, low=-8, high=8)], [out("float32", shape)])
        for dtype, top in (("int8", 127), ("uint8", 255)):
            for scale in (0.01, 0.1, 1.0):
                yield Case(
                    f"{dtype}_{text}_{scale}",
                    "LOG_SOFTMAX",
                    [t(dtype, shape, scale=scale, zp=top - 100)],
                    [out(dtype, shape, scale=16 / 256, zp=top)],
                    version=2,
                )
