# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t

SHAPES = ((7,), (2, 3, 4), (1, 3, 2, 5), (), (0, 4))


def cases():
    for shape in SHAPES:
        text = "x".join(map(str, shape)) or "scalar"
        yield Case(f"complex64_{text}", "REAL", [t("complex64", shape, low=-3, high=3)], [out("float32", shape)], tolerance=0)
