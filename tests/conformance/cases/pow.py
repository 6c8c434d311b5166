# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    yield from plain("POW", "float32", 0.01, 9.0, -3.0, 3.0)
    yield from plain("POW", "int32", -6, 6, 0, 8, shapes=SHAPES[:6])
    x = t("float32", (40,), low=-3.0, high=3.0)
    for exponent in (2.0, 0.5, -1.0, 3.0, 1.0, 0.0, -0.5):
        base = t("float32", (40,), low=0.1, high=30.0) if exponent in (0.5, -0.5, -1.0) else x
        yield Case(f"float32_to_{exponent}", "POW", [base, const(np.float32(exponent))], [out("float32", (40,))])
    values = np.array([0.0, 0.0, -8.0, -2.0, 2.0, 1.0, np.inf, 0.5, -1.0], np.float32)
    powers = np.array([0.0, -1.0, 0.5, 3.0, -200.0, np.inf, -1.0, np.inf, 5.0], np.float32)
    yield Case("float32_special", "POW", [t("float32", (9,), values=values), t("float32", (9,), values=powers)], [out("float32", (9,))])
