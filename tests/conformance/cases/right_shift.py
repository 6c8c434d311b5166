# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32"):
        yield from plain("RIGHT_SHIFT", dtype, None, None, 0, 9, shapes=SHAPES if dtype == "int32" else SHAPES[:4])
    # Counts beyond the ends are brought back into 0 .. bits - 1.
    for dtype, counts in (("int8", [-3, 7, 8, 100]), ("uint8", [0, 7, 8, 200]), ("int32", [-1, 31, 32, 1000]), ("uint32", [0, 31, 32, 1000])):
        yield Case(f"{dtype}_far", "RIGHT_SHIFT", [t(dtype, (4, 4)), t(dtype, (4,), values=counts)], [out(dtype, (4, 4))])
