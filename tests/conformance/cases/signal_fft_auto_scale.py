# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


def cases():
    for largest in (0, 1, 127, -128, 16383, 16384, -16384, 32767, -32768):
        values = np.array([0, largest // 2, largest, -1 if largest else 0, 0], np.int16)
        yield Case(f"largest_{largest}".replace("-", "minus_"), "CUSTOM:SignalFftAutoScale", [t("int16", (5,), values=values)],
                   [out("int16", (5,)), out("int32", ())], options={}, oracle="tflm", tolerance=0)
