# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from tables import ZEROS

AXES = {
    "spatial": ((1, 4, 5, 3), (1, 2)),
    "channel": ((2, 3, 2, 7), (3,)),
    "negative": ((2, 3, 4), (-1,)),
    "first": ((4, 3, 5), (0,)),
    "middle": ((2, 5, 3), (1,)),
    "outer_inner": ((2, 3, 4, 5), (0, 3)),
    "alternate": ((2, 3, 2, 3), (0, 2)),
    "all": ((3, 4, 2), (0, 1, 2)),
    "rank1": ((11,), (0,)),
    "twice": ((3, 4), (1, -1)),
    "of_one": ((2, 1, 3), (1,)),
    "wide": ((2, 2, 70), (0, 1)),
}


def reduced(shape, axes, keep):
    gone = {a % len(shape) for a in axes}
    return tuple(1 if i in gone else d for i, d in enumerate(shape) if keep or i not in gone)


# Where LiteRT's delegate does not take the axes, its own kernel rounds ties elsewhere: one quantum.
def case(name, dtype, axes_name, keep, scale=(None, None), zp=(None, None)):
    shape, axes = AXES[axes_name]
    return Case(
        name,
        "MEAN",
        [t(dtype, shape, scale=scale[0], zp=zp[0]), const(np.array(axes, np.int32))],
        [out(dtype, reduced(shape, axes, keep), scale=scale[1], zp=zp[1])],
        dict(keepDims=keep),
    )


def cases():
    for name in AXES:
        for keep in (False, True):
            suffix = "_keep" if keep else ""
            yield case(f"f32_{name}{suffix}", "float32", name, keep)
            for dtype, zeros in ZEROS.items():
                yield case(f"{dtype}_{name}{suffix}", dtype, name, keep, (0.05, 0.03), (zeros[1] + 4, zeros[1] - 6))
    for dtype, zeros in ZEROS.items():
        for zero_in in zeros:
            for zero_out in zeros:
                yield case(f"{dtype}_zeros{zero_in}_{zero_out}", dtype, "spatial", True, (0.05, 0.02), (zero_in, zero_out))
    # Two values: every other sum is a tie.
    yield Case(
        "int8_ties",
        "MEAN",
        [t("int8", (40, 2), scale=0.1, zp=1), const(np.array([1], np.int32))],
        [out("int8", (40,), scale=0.1, zp=1)],
        tolerance=0,
    )
    yield Case(
        "int8_ties_even",
        "MEAN",
        [t("int8", (40, 2), scale=0.1, zp=0), const(np.array([1], np.int32))],
        [out("int8", (40,), scale=0.1, zp=-2)],
        tolerance=0,
    )
