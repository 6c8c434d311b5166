# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, lengths, sequence, batch, index="int32", run_time=True, **q):
    values = np.array(lengths, index)
    counts = t(index, values.shape, values=values) if run_time else const(values)
    return Case(name, "REVERSE_SEQUENCE", [t(dtype, shape, **q), counts],
                [out(dtype, shape, **q)], options=dict(seqDim=sequence, batchDim=batch), tolerance=0)


def cases():
    yield case("f32_batch_first", "float32", (3, 5, 2), [5, 1, 3], 1, 0)
    yield case("f32_time_first", "float32", (5, 3, 2), [5, 2, 4], 0, 1)
    yield case("f32_apart", "float32", (2, 3, 4), [4, 3], 2, 0)
    yield case("f32_apart_time_first", "float32", (4, 3, 2), [4, 3], 0, 2)
    yield case("f32_inner", "float32", (2, 2, 3, 4), [4, 1, 2], 3, 2)
    yield case("f32_s64", "float32", (2, 4), [3, 4], 1, 0, index="int64")
    yield case("u8", "uint8", (2, 4), [3, 4], 1, 0, scale=0.1, zp=9)
    yield case("s16", "int16", (2, 4), [3, 4], 1, 0, scale=0.1, zp=0)
    yield case("s32", "int32", (2, 4), [3, 2], 1, 0)
    yield case("s64", "int64", (2, 4), [3, 2], 1, 0)
    yield case("f32_constant", "float32", (2, 2, 3, 4, 2), [4, 1, 2], 3, 2, run_time=False)
    yield case("u8_constant_time_first", "uint8", (4, 2, 3, 4), [4, 3, 0], 0, 2, index="int64", run_time=False, scale=0.1, zp=9)
