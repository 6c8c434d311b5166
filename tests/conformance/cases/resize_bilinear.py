# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from tables import ZEROS

SIZES = {
    "double": ((1, 3, 4, 2), (6, 8)),
    "half": ((1, 6, 8, 2), (3, 4)),
    "odd": ((2, 5, 3, 3), (7, 8)),
    "shrink": ((1, 7, 9, 1), (3, 2)),
    "same": ((1, 4, 3, 2), (4, 3)),
    "to_one": ((1, 4, 5, 3), (1, 1)),
    "from_one": ((1, 1, 1, 5), (3, 4)),
    "row": ((1, 1, 6, 2), (1, 11)),
    "large": ((1, 2, 2, 1), (13, 11)),
}
FLAGS = {"plain": {}, "align": dict(alignCorners=True), "half_pixel": dict(halfPixelCenters=True)}


def cases():
    for name, (shape, size) in SIZES.items():
        y = (shape[0],) + size + (shape[3],)
        for flag, options in FLAGS.items():
            inputs = [const(np.array(size, np.int32))]
            yield Case(f"f32_{name}_{flag}", "RESIZE_BILINEAR", [t("float32", shape)] + inputs, [out("float32", y)], options)
            for dtype, zeros in ZEROS.items():
                zero = zeros[len(name) % 3]
                yield Case(
                    f"{dtype}_{name}_{flag}",
                    "RESIZE_BILINEAR",
                    [t(dtype, shape, scale=0.1, zp=zero)] + inputs,
                    [out(dtype, y, scale=0.1, zp=zero)],
                    options,
                    tolerance=0,
                )
            quant = dict(scale=0.1, zp=0)
            yield Case(
                f"int16_{name}_{flag}",
                "RESIZE_BILINEAR",
                [t("int16", shape, **quant)] + inputs,
                [out("int16", y, **quant)],
                options,
                tolerance=0,
                version=4,
            )
