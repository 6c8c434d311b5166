# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t



def case(name, bins, places, low=0, high=4096):
    """places: per sum the first bin and the number of bins; weights follow each other."""
    first, width = np.array(places, np.int16).T
    weight = (np.cumsum(width) - width).astype(np.int16)
    count = int(width.sum())
    rng = np.random.default_rng(len(name))
    weights, unweights = rng.integers(low, high, (2, count), endpoint=True).astype(np.int16)
    tables = [const(np.ascontiguousarray(x)) for x in (weights, unweights, first, weight, width)]
    return Case(name, "CUSTOM:SignalFilterBank", [t("uint32", (bins,))] + tables, [out("uint64", (len(places) - 1,))],
                options=dict(num_channels=len(places) - 1), oracle="tflm", tolerance=0)


def cases():
    yield case("even", 33, [(0, 4), (4, 4), (8, 4), (12, 4), (16, 4), (20, 4)])
    yield case("growing", 40, [(1, 1), (2, 2), (4, 4), (8, 8), (16, 16)])
    yield case("one_channel", 8, [(0, 4), (4, 4)])
    yield case("empty_channel", 12, [(0, 4), (4, 0), (4, 4), (8, 4)])
    yield case("negative_weights", 16, [(0, 4), (4, 4), (8, 8)], low=-32768, high=32767)
