# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


def case(name, scale, bits, **values):
    count = len(values["values"]) if "values" in values else 60
    return Case(name, "CUSTOM:SignalFilterBankLog", [t("uint32", (count,), **values)], [out("int16", (count,))],
                options=dict(output_scale=scale, input_correction_bits=bits), oracle="tflm", tolerance=0)


def cases():
    yield case("small", 64, 3, values=np.arange(64))
    yield case("powers", 1600, 0, values=np.array([2**k + d for k in range(1, 32) for d in (-1, 0)]))
    for high in (2**10, 2**17, 2**32 - 1):
        yield case(f"to_{high}", 1600, 0, low=0, high=high)
    yield case("bits_3", 64, 3, low=0, high=2**29 - 1)
    yield case("overflowing_shift", 64, 8, low=0, high=2**32 - 1)
    yield case("saturated", 32767, 0, low=0, high=2**32 - 1)
