# SPDX-License-Identifier: Apache-2.0
from reductions import reductions


def cases():
    for dtype in ("float32", "int32", "int64"):
        yield from reductions("REDUCE_MIN", dtype, version=3)
    yield from reductions("REDUCE_MIN", "int8", [(0.03, 5, 0.03, 5)], version=3)
    yield from reductions("REDUCE_MIN", "uint8", [(0.03, 130, 0.03, 130)], version=3)
    yield from reductions("REDUCE_MIN", "int16", [(0.001, 0, 0.001, 0)], version=3)
