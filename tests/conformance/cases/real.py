# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for name, shape in dict(rank1=(9,), rank3=(2, 3, 5), one=(1,), empty=(2, 0)).items():
        yield Case(name, "REAL", [t("complex64", shape)], [out("float32", shape)])
    yield Case("of_cast", "CAST", inputs=[t("complex64", (3, 4))], outputs=[out("float32", (3, 4))],
               oracle=lambda arrays: [arrays[0].real.copy()])
