# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


def cases():
    edges = [0, 1, 2, 3, 4, 6, 7, 65535, 65536, 2**32 - 1, 2**32, 2**32 + 65536, 2**62, 2**63 - 1, 2**64 - 1, (2**32 - 1)**2,
             (2**32 - 1)**2 + 2**32 - 1, (2**32 - 1)**2 + 2**32, 4295032832, 4295032833]
    for shift in (0, 1, 5, 31):
        inputs = [t("uint64", (len(edges),), values=np.array(edges, np.uint64)), t("int32", (), values=np.array(shift))]
        yield Case(f"edges_shift_{shift}", "CUSTOM:SignalFilterBankSquareRoot", inputs, [out("uint32", (len(edges),))], options={},
                   oracle="tflm", tolerance=0)
    for bits in (16, 33, 64):
        yield Case(f"random_{bits}_bits", "CUSTOM:SignalFilterBankSquareRoot",
                   [t("uint64", (40,), low=0, high=2**bits - 1), t("int32", (), values=np.array(2))], [out("uint32", (40,))],
                   options={}, oracle="tflm", tolerance=0)
