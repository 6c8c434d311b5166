# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, axes, **q):
    return Case(name, "REVERSE_V2", [t(dtype, shape, **q), const(np.array(axes, np.int32))], [out(dtype, shape, **q)], tolerance=0)


def cases():
    yield case("f32_1d", "float32", (7,), [0])
    yield case("f32_rows", "float32", (4, 3), [0])
    yield case("f32_columns", "float32", (4, 3), [-1])
    yield case("f32_middle", "float32", (2, 4, 3), [1])
    yield case("f32_two", "float32", (2, 4, 3), [1, 2])
    yield case("u8_last", "uint8", (2, 5), [1], scale=0.1, zp=255)
    yield case("s16_first", "int16", (5, 2), [0], scale=0.1, zp=0)
    yield case("s32_first", "int32", (5, 2), [0])
    yield case("s64_first", "int64", (5, 2), [0])
    yield case("bool_last", "bool", (2, 5), [1])
    # Converters give some results another scale than their input: the stored values move all the same.
    yield Case("s8_other_scale", "REVERSE_V2", [t("int8", (3, 4), scale=0.1, zp=-5), const(np.array([1], np.int32))],
               [out("int8", (3, 4), scale=0.11, zp=3)], tolerance=0)
