# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def reshape_to_pairs(b):
    """x.reshape(shape(x)[0], -1), with the shape computed in the graph as converters write it."""
    x = b.add(t("float32", (4, 2, 3)))
    shape = b.tensor("int32", (3,))
    first, target = b.tensor("int32", ()), b.tensor("int32", (2,))
    b.op("SHAPE", [x], [shape], dict(outType="INT32"))
    lists = [b.add(const(np.array([n], np.int32))) for n in (0, 1, 1)]
    b.op("STRIDED_SLICE", [shape] + lists, [first], dict(shrinkAxisMask=1))
    b.op("PACK", [first, b.add(const(np.int32(-1)))], [target], dict(valuesCount=2, axis=0))
    b.op("RESHAPE", [x, target], [b.add(out("float32", (4, 6)))])


def cases():
    yield Case("reshape_to_pairs", "SHAPE", model=reshape_to_pairs, tolerance=0)
    yield Case("s32", "SHAPE", [t("float32", (4, 2, 3))], [out("int32", (3,))], options=dict(outType="INT32"))
    yield Case("s64", "SHAPE", [t("int8", (4, 1))], [out("int64", (2,))], options=dict(outType="INT64"))
    yield Case("rank", "RANK", [t("float32", (4, 2, 3))], [out("int32", ())])
