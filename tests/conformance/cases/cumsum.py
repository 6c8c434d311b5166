# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def cases():
    for dtype, low, high in (("float32", -1, 1), ("int32", -1000, 1000), ("int64", -(10**12), 10**12)):
        for shape, axis in (((7,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 4), -2), ((1, 4), 0)):
            for exclusive in (False, True):
                for reverse in (False, True):
                    yield Case(
                        f"{dtype}_{'x'.join(map(str, shape))}_axis{axis}_{int(exclusive)}{int(reverse)}",
                        "CUMSUM",
                        [t(dtype, shape, low=low, high=high), const(np.array(axis, np.int32))],
                        [out(dtype, shape)],
                        dict(exclusive=exclusive, reverse=reverse),
                    )
