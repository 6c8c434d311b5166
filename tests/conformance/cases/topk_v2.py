# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def cases():
    for dtype in ("float32", "int8", "uint8", "int16", "int32", "int64"):
        quant = dict(scale=0.1, zp=0) if dtype in ("int8", "uint8", "int16") else {}
        for shape, k in (((7,), 3), ((3, 5), 1), ((2, 3, 9), 9), ((4, 1), 1), ((1, 20), 5)):
            result = shape[:-1] + (k,)
            yield Case(
                f"{dtype}_{'x'.join(map(str, shape))}_k{k}",
                "TOPK_V2",
                [t(dtype, shape, low=0, high=9, **quant), const(np.array(k, np.int32))],
                [out(dtype, result, **quant), out("int32", result)],
                version=3,
            )
