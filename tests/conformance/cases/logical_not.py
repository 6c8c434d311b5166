# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t
from unary import SHAPES


def cases():
    for shape in SHAPES:
        text = "x".join(map(str, shape)) or "scalar"
        yield Case(f"bool_{text}", "LOGICAL_NOT", [t("bool", shape)], [out("bool", shape)])
