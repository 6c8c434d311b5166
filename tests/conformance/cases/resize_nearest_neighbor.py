# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, size, align=False, half=False, oracle=None, **q):
    return Case(name, "RESIZE_NEAREST_NEIGHBOR", [t(dtype, shape, **q), const(np.array(size, np.int32))],
                [out(dtype, (shape[0], *size, shape[3]), **q)], options=dict(alignCorners=align, halfPixelCenters=half), tolerance=0,
                oracle=oracle, version=4 if dtype == "int16" else 3)


def cases():
    for align in (False, True):
        for half in (False, True):
            name = f"{'_align' * align}{'_half' * half}"
            yield case("f32_up" + name, "float32", (1, 3, 4, 2), (7, 9), align, half)
            yield case("f32_down" + name, "float32", (1, 9, 7, 1), (4, 3), align, half)
            yield case("s8_double" + name, "int8", (1, 3, 4, 1), (6, 8), align, half, scale=0.1, zp=-9)
    yield case("f32_one", "float32", (1, 3, 4, 2), (1, 1), align=True)
    yield case("f32_from_one", "float32", (2, 1, 1, 3), (3, 2))
    yield case("f32_same", "float32", (1, 3, 4, 2), (3, 4))
    yield case("u8", "uint8", (2, 3, 4, 3), (5, 5), scale=0.1, zp=9)
    yield case("s16", "int16", (1, 3, 4, 3), (6, 4), scale=0.1, zp=0)
