# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t

# name: input, (height, width) of the transform, output
SIZES = {
    "row": ((1, 16), (1, 16), (1, 9)),
    "square": ((8, 8), (8, 8), (8, 5)),
    "tall": ((16, 4), (16, 4), (16, 3)),
    "batch": ((3, 4, 8), (4, 8), (3, 4, 5)),
    "batches": ((2, 1, 2, 8), (2, 8), (2, 1, 2, 5)),
    "pads": ((3, 11), (4, 16), (4, 9)),
    "crops": ((5, 20), (4, 8), (4, 5)),
    "two": ((2, 2), (2, 2), (2, 2)),
    "frames": ((2, 1, 400), (1, 512), (2, 1, 257)),
}


def cases():
    for name, (shape, size, y) in SIZES.items():
        yield Case(name, "RFFT2D", [t("float32", shape), const(np.array(size, np.int32))], [out("complex64", y)])
