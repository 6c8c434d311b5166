# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


SHAPES = (((7,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 4), -2), ((1, 2, 3, 4), 3), ((2, 1, 3), 1))


def cases():
    for shape, axis in SHAPES:
        result = tuple(dim for i, dim in enumerate(shape) if i != axis % len(shape))
        for dtype in ("float32", "int8", "uint8", "int32"):
            quant = dict(scale=0.1, zp=3) if dtype.endswith("int8") else {}
            for index in ("int32", "int64"):
                yield Case(
                    f"{dtype}_{'x'.join(map(str, shape))}_axis{axis}_{index}",
                    "ARG_MIN",
                    [t(dtype, shape, **quant), const(np.array(axis, np.int32))],
                    [out(index, result)],
                    dict(outputType=index.upper()),
                )
    for op in ("ARG_MIN",):
        yield Case(
            "bool",
            op,
            [t("bool", (4, 5)), const(np.array(1, np.int32))],
            [out("int32", (4,))],
            dict(outputType="INT32"),
        )
        yield Case(
            "first_of_equals",
            op,
            [t("int8", (3, 4), scale=0.1, zp=0, values=[1, 0, 0, 1, 2, 2, 2, 2, -1, 5, -1, 0]), const(np.array(1, np.int32))],
            [out("int32", (3,))],
            dict(outputType="INT32"),
        )
