# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def angle(inputs):
    y, x = (a.astype(np.float64) for a in inputs)
    return [np.arctan2(y, x).astype(np.float32)]


def cases():
    # LiteRT's kernel does not broadcast.
    yield from plain("ATAN2", "float32", -3.0, 3.0, oracle=angle)
    yield from plain("ATAN2", "float32", -3.0, 3.0, shapes=SHAPES[:2], tag="_litert")
    y = np.array([0.0, -0.0, 0.0, -0.0, 1.0, -1.0, np.inf, np.inf, 1e-30, 1e30], np.float32)
    x = np.array([1.0, 1.0, -1.0, -1.0, 0.0, 0.0, np.inf, -np.inf, 1e30, 1e-30], np.float32)
    yield Case("float32_special", "ATAN2", [t("float32", (10,), values=y), t("float32", (10,), values=x)], [out("float32", (10,))])
