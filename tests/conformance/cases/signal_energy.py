# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


def case(name, bins, start, end, oracle="tflm", **values):
    return Case(name, "CUSTOM:SignalEnergy", [t("int16", (2 * bins,), **values)], [out("uint32", (bins,))],
                options=dict(start_index=start, end_index=end), oracle=oracle, tolerance=0)


def energy(start, end):
    """TFLite Micro leaves what lies outside as it was."""
    def run(inputs):
        pairs = inputs[0].astype(np.int64).reshape(-1, 2)
        result = (pairs ** 2).sum(1)
        result[:start] = 0
        result[end:] = 0
        return [result.astype(np.uint32)]

    return run


def cases():
    yield case("all", 33, 0, 33)
    yield case("one", 1, 0, 1)
    yield case("largest", 3, 0, 3, values=np.array([-32768, -32768, -32768, 32767, 0, -1], np.int16))
    yield case("some", 33, 5, 29, oracle=energy(5, 29))
    yield case("none", 9, 4, 4, oracle=energy(4, 4))
