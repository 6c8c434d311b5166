# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t



def gains(seed):
    """Falling gains with the coefficients of each power of two; 0 where the table has gaps."""
    rng = np.random.default_rng(seed)
    table = np.zeros(125, np.int16)
    table[0:3] = 32636, 32633, 32630
    for i in range(2, 33):
        table[4 * i - 6: 4 * i - 3] = max(32600 - 1000 * i, 10), rng.integers(-2000, 100), rng.integers(-500, 500)
    return table


def case(name, shift, signal, noise, table):
    values = [t("uint32", (40,), low=0, high=signal), t("uint32", (40,), low=0, high=noise)]
    return Case(name, "CUSTOM:SignalPCAN", values + [const(table)], [out("uint32", (40,))], options=dict(snr_shift=shift),
                oracle="tflm", tolerance=0)


def cases():
    yield case("usual", 6, 2**16, 2**24, gains(1))
    yield case("loud", 6, 2**32 - 1, 2**32 - 1, gains(2))
    yield case("quiet", 6, 300, 5, gains(3))
    yield case("no_shift", 0, 2**12, 2**11, gains(4))
    yield case("shift_12", 12, 2**20, 2000, gains(5))
    yield case("any_table", 6, 2**16, 2**20, np.random.default_rng(6).integers(-32768, 32767, 125).astype(np.int16))
