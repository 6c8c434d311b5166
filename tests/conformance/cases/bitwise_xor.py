# SPDX-License-Identifier: Apache-2.0
from binary_tables import *


def cases():
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "uint32"):
        yield from plain("BITWISE_XOR", dtype, shapes=SHAPES if dtype == "int32" else SHAPES[:4])
