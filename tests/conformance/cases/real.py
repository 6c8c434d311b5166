# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for name, shape in dict(rank1=(9,), rank3=(2, 3, 5), one=(1,), empty=(2, 0)).items():
        yield Case(name, "REAL", [t("complex64", shape)], [out("float32", shape)])
