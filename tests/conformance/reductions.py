# SPDX-License-Identifier: Apache-2.0
"""The table of cases that reductions share."""

import numpy as np
from conformance import Case, const, out, t

# Shape, axes, kept dims.
PLANS = {
    "rows": ((3, 5), (1,), False),
    "columns": ((3, 5), (0,), False),
    "all": ((2, 3, 4), (0, 1, 2), False),
    "all_kept": ((2, 3, 4), (0, 1, 2), True),
    "pool": ((2, 3, 4, 5), (1, 2), False),
    "pool_kept": ((1, 4, 3, 7), (1, 2), True),
    "negative": ((2, 3, 4), (-1,), True),
    "outer_inner": ((3, 4, 5), (0, 2), False),
    "middle": ((2, 3, 1, 5), (1,), False),
    "ones": ((1, 1, 1), (0, 2), True),
    "rank5": ((2, 1, 3, 2, 2), (1, 3), False),
    "one_element": ((1,), (0,), False),
}


def result_shape(shape, axes, keep):
    gone = {axis % len(shape) for axis in axes}
    return tuple(1 if i in gone else dim for i, dim in enumerate(shape) if keep or i not in gone)


def reductions(op, dtype, quants=((None, None, None, None),), low=None, high=None, plans=PLANS, version=1, **more):
    """quants: (input scale, input zero, output scale, output zero); Nones where not quantized."""
    for i, (in_scale, in_zero, out_scale, out_zero) in enumerate(quants):
        for name, (shape, axes, keep) in plans.items():
            yield Case(
                f"{dtype}_{name}" + (f"_q{i}" if in_scale else ""),
                op,
                [t(dtype, shape, scale=in_scale, zp=in_zero, low=low, high=high), const(np.array(axes, np.int32))],
                [out(dtype, result_shape(shape, axes, keep), scale=out_scale, zp=out_zero)],
                dict(keepDims=keep),
                version=version,
                **more,
            )
