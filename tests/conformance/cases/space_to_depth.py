# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, block, oracle=None, **q):
    n, h, w, c = shape
    return Case(name, "SPACE_TO_DEPTH", [t(dtype, shape, **q)], [out(dtype, (n, h // block, w // block, c * block * block), **q)],
                options=dict(blockSize=block), tolerance=0, oracle=oracle)


def cases():
    yield case("f32_2", "float32", (1, 4, 6, 3), 2)
    yield case("f32_3", "float32", (2, 3, 6, 2), 3)
    yield case("f32_1", "float32", (1, 2, 3, 2), 1)
    yield case("f32_one_channel", "float32", (1, 4, 4, 1), 4)
    yield case("s8", "int8", (2, 4, 6, 5), 2, scale=0.1, zp=-9)
    yield case("u8", "uint8", (1, 4, 6, 1), 2, scale=0.1, zp=9)
    yield case("s32", "int32", (1, 4, 2, 2), 2)
    yield case("s64", "int64", (1, 4, 2, 2), 2)
