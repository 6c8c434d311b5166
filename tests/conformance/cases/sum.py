# SPDX-License-Identifier: Apache-2.0
from reductions import reductions


def cases():
    yield from reductions("SUM", "float32")
    yield from reductions("SUM", "int8", [(0.03, 5, 0.1, -20), (0.1, -128, 0.5, -128), (0.01, 127, 0.01, 0)])
    yield from reductions("SUM", "uint8", [(0.03, 130, 0.1, 100), (0.1, 0, 0.5, 0)])
    yield from reductions("SUM", "int16", [(0.001, 0, 0.005, 0)], version=2)
    yield from reductions("SUM", "int32", low=-(10**6), high=10**6)
    yield from reductions("SUM", "int64", low=-(10**12), high=10**12)
