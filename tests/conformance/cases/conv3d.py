# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t
from tables import ACTIVATIONS, weights

# name: input, weights (depth, height, width, in, out), options, output
WINDOWS = {
    "1x1x1": ((1, 2, 3, 2, 4), (1, 1, 1, 4, 3), dict(), (1, 2, 3, 2, 3)),
    "3x3x3_same": ((1, 3, 4, 3, 2), (3, 3, 3, 2, 3), dict(), (1, 3, 4, 3, 3)),
    "2x3x2_valid": ((2, 3, 4, 3, 2), (2, 3, 2, 2, 3), dict(padding="VALID"), (2, 2, 2, 2, 3)),
    "strides": ((1, 5, 4, 6, 1), (3, 2, 3, 1, 2), dict(strideD=2, strideH=1, strideW=3), (1, 3, 4, 2, 2)),
    "dilated": ((1, 5, 5, 4, 1), (2, 3, 2, 1, 2), dict(dilationDFactor=2, dilationHFactor=2, dilationWFactor=3), (1, 5, 5, 4, 2)),
    "channels70": ((1, 1, 2, 1, 2), (1, 2, 1, 2, 70), dict(), (1, 1, 2, 1, 70)),
}


def case(name, window, act="NONE", bias=True):
    x, w, options, y = WINDOWS[window]
    inputs = [t("float32", x), weights("float32", w, name)]
    if bias:
        inputs.append(weights("float32", (w[4],), name + "b"))
    return Case(name, "CONV_3D", inputs, [out("float32", y)], dict(options, fusedActivationFunction=act))


def cases():
    for window in WINDOWS:
        yield case(f"f32_{window}", window)
    for act in ACTIVATIONS[1:]:
        yield case(f"f32_{act.lower()}", "3x3x3_same", act)
    yield case("f32_no_bias", "strides", bias=False)
