# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def cases():
    yield Case("f32_same", "ADD", [t("float32", (2, 3)), t("float32", (2, 3))], [out("float32", (2, 3))])
    yield Case("s8_broadcast", "ADD", [t("int8", (2, 3, 4), scale=0.02, zp=-128), const(np.arange(4, dtype=np.int8), scale=0.1, zp=127)],
               [out("int8", (2, 3, 4), scale=0.05, zp=3)], options=dict(fusedActivationFunction="RELU"))
