# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t

SHAPES = ((7,), (2, 3, 4), (1, 3, 2, 5), (), (0, 4))


def cases():
    for shape in SHAPES:
        text = "x".join(map(str, shape)) or "scalar"
        yield Case(f"complex64_{text}", "COMPLEX_ABS", [t("complex64", shape, low=-3, high=3)], [out("float32", shape)])
    values = [0, 3 + 4j, -3 - 4j, 1e-20 + 1e-20j, 1e18 + 1e18j, 5j, -7]
    yield Case("complex64_special", "COMPLEX_ABS", [t("complex64", (7,), values=values)], [out("float32", (7,))])
