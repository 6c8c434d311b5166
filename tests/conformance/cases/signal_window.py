# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for shift in (0, 12, 14):
        yield Case(f"shift_{shift}", "CUSTOM:SignalWindow", [t("int16", (1, 32)), t("int16", (32,))], [out("int16", (1, 32))],
                   options=dict(shift=shift), oracle="tflm", tolerance=0)
    yield Case("rank_1", "CUSTOM:SignalWindow", [t("int16", (7,)), t("int16", (7,))], [out("int16", (7,))], options=dict(shift=9),
               oracle="tflm", tolerance=0)
