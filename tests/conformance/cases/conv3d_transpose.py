# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from tables import ACTIVATIONS, weights

# name: input, weights (depth, height, width, out, in), options, output
WINDOWS = {
    "2x2x2_stride2": ((1, 2, 3, 2, 3), (2, 2, 2, 2, 3), dict(strideD=2, strideH=2, strideW=2, padding="VALID"), (1, 4, 6, 4, 2)),
    "3x3x3_same": ((1, 2, 3, 2, 2), (3, 3, 3, 2, 2), dict(), (1, 2, 3, 2, 2)),
    "3x3x3_stride2_same": ((1, 2, 2, 3, 1), (3, 3, 3, 2, 1), dict(strideD=2, strideH=2, strideW=2), (1, 4, 4, 6, 2)),
    "strides": ((2, 2, 1, 2, 2), (2, 3, 4, 1, 2), dict(strideD=1, strideH=2, strideW=3, padding="VALID"), (2, 3, 3, 7, 1)),
    "gaps": ((1, 2, 2, 2, 1), (1, 1, 1, 3, 1), dict(strideD=2, strideH=2, strideW=2), (1, 4, 4, 4, 3)),
}


def case(name, window, act="NONE", bias=True):
    x, w, options, y = WINDOWS[window]
    inputs = [const(np.array(y, np.int32)), weights("float32", w, name), t("float32", x)]
    if bias:
        inputs.append(weights("float32", (w[3],), name + "b"))
    return Case(name, "CONV_3D_TRANSPOSE", inputs, [out("float32", y)], dict(options, fusedActivationFunction=act))


def cases():
    for window in WINDOWS:
        yield case(f"f32_{window}", window)
    for act in ACTIVATIONS[1:]:
        yield case(f"f32_{act.lower()}", "3x3x3_same", act)
    yield case("f32_no_bias", "strides", bias=False)
