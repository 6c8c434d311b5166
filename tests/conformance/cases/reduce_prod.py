# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from reductions import reductions


def cases():
    yield from reductions("REDUCE_PROD", "float32", low=0.5, high=1.5)
    yield from reductions("REDUCE_PROD", "int32", low=-3, high=3)
    yield from reductions("REDUCE_PROD", "int64", low=-5, high=5)
    for dtype, zeros in (("int8", (3, -20)), ("int16", (0, 0))):
        yield Case(
            f"{dtype}_rows",
            "REDUCE_PROD",
            [t(dtype, (40, 3), scale=0.02, zp=zeros[0], low=-128, high=127), const(np.array([1], np.int32))],
            [out(dtype, (40,), scale=0.1, zp=zeros[1])],
            dict(keepDims=False),
            version=2,
        )
