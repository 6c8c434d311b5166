# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def cases():
    for delay in (0, 1, 3, 4, 9):
        yield Case(f"by_{delay}", "CUSTOM:SignalDelay", [t("int16", (2, 4))], [out("int16", (2, 4))],
                   options=dict(delay_length=delay), steps=5, oracle="tflm", tolerance=0)
    yield Case("rank_1", "CUSTOM:SignalDelay", [t("int16", (5,))], [out("int16", (5,))], options=dict(delay_length=7), steps=4,
               oracle="tflm", tolerance=0)
