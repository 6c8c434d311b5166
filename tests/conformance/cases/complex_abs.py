# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for name, shape in dict(rank1=(9,), rank3=(2, 3, 5), one=(1,), empty=(2, 0)).items():
        yield Case(name, "COMPLEX_ABS", [t("complex64", shape)], [out("float32", shape)])
    values = [0, 3 + 4j, -3j, -5, 1e30 - 1e30j, 1e-30 + 1e-30j, 2e-20j]
    yield Case("range", "COMPLEX_ABS", [t("complex64", (7,), values=values)], [out("float32", (7,))])
    small = [1e-25 + 1e-25j, 3e-30 - 4e-30j]
    yield Case("small", "COMPLEX_ABS", [t("complex64", (2,), values=small)], [out("float32", (2,))])
