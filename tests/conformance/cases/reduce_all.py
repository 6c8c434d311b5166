# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from reductions import PLANS, result_shape


def cases():
    for name, (shape, axes, keep) in PLANS.items():
        yield Case(
            f"bool_{name}",
            "REDUCE_ALL",
            [t("bool", shape), const(np.array(axes, np.int32))],
            [out("bool", result_shape(shape, axes, keep))],
            dict(keepDims=keep),
        )
