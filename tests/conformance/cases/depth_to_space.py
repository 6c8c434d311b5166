# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, block, **q):
    n, h, w, c = shape
    return Case(name, "DEPTH_TO_SPACE", [t(dtype, shape, **q)], [out(dtype, (n, h * block, w * block, c // (block * block)), **q)],
                options=dict(blockSize=block), tolerance=0)


def cases():
    yield case("f32_2", "float32", (1, 2, 3, 12), 2)
    yield case("f32_3", "float32", (2, 1, 2, 18), 3)
    yield case("f32_1", "float32", (1, 2, 3, 2), 1)
    yield case("f32_one_channel", "float32", (1, 2, 3, 16), 4)
    yield case("s8", "int8", (2, 2, 3, 20), 2, scale=0.1, zp=-9)
    yield case("u8", "uint8", (1, 2, 3, 4), 2, scale=0.1, zp=9)
    yield case("s32", "int32", (1, 2, 1, 8), 2)
    yield case("s64", "int64", (1, 2, 1, 8), 2)
