# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, table, rows, dtype, scale):
    rows = np.array(rows, np.int32)
    values = np.random.default_rng(5).integers(-7, 8, table)
    kind = dict(dtype="int4") if dtype == "int4" else {}
    stored = values.astype("int8" if dtype == "int4" else dtype)
    return Case(name, "EMBEDDING_LOOKUP", [t("int32", rows.shape, values=rows), const(stored, scale=scale, zp=0, **kind)],
                [out("float32", rows.shape + table[1:])], version=4 if dtype == "int4" else 3)


def cases():
    yield case("hybrid_s8", (5, 3), [4, 0, 2], "int8", 0.25)
    yield case("hybrid_s8_3d", (5, 3, 2), [4, 2], "int8", 0.25)
    yield case("hybrid_s8_rows", (5, 3), [4, 0, 2], "int8", [0.1, 0.2, 0.3, 0.4, 0.5])
    yield case("hybrid_s4", (5, 4), [4, 0, 2], "int4", 0.25)
    yield case("hybrid_s4_rows", (5, 4), [4, 0, 2], "int4", [0.1, 0.2, 0.3, 0.4, 0.5])
