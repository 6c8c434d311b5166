# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, table, rows, dtype="float32", result="float32", scale=None, oracle=None):
    rows = np.array(rows, np.int32)
    values = np.random.default_rng(5).integers(-7, 8, table)
    q = {} if scale is None else dict(scale=scale, zp=0)
    kind = dict(dtype="int4") if dtype == "int4" else {}
    stored = values.astype("int8" if dtype == "int4" else dtype)
    return Case(name, "EMBEDDING_LOOKUP", [t("int32", rows.shape, values=rows), const(stored, **q, **kind)],
                [out(result, rows.shape + table[1:])], oracle=oracle, version=4 if dtype == "int4" else 3)


def rows_times_scale(inputs):
    rows, table = inputs
    return [table[rows].astype(np.float32) * np.float32(0.25)]


def cases():
    yield case("f32", (5, 3), [4, 0, 0])
    yield case("f32_3d", (5, 2, 3), [4, 1])
    yield case("hybrid_s8", (5, 3), [4, 0, 2], "int8", scale=0.25)
    yield case("hybrid_s8_3d", (5, 3, 2), [4, 2], "int8", scale=0.25)
    yield case("hybrid_s8_rows", (5, 3), [4, 0, 2], "int8", scale=[0.1, 0.2, 0.3, 0.4, 0.5])
    yield case("hybrid_s4", (5, 4), [4, 0, 2], "int4", scale=0.25)
    yield case("hybrid_s4_rows", (5, 4), [4, 0, 2], "int4", scale=[0.1, 0.2, 0.3, 0.4, 0.5])
