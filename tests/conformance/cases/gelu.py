# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t
from unary import codes, floats


def cases():
    for form in (False, True):
        options = dict(approximate=form)
        if not form:
            yield from floats("GELU", -3, 3, [0, 1, -1, 5, -5, 30, -30, 1e-20], options)
        yield from codes("GELU", "int8", [(0.03, 0, 0.02, -100), (0.1, -128, 0.1, -128), (0.03, 127, 0.001, 5)], None, options, f"_{form}")
        yield from codes("GELU", "uint8", [(0.03, 128, 0.02, 10), (0.1, 0, 0.1, 0)], None, options, f"_{form}")
        yield from codes("GELU", "int16", [(1 / 4096, 0, 1 / 4096, 0), (0.001, 0, 0.0005, 0)], None, options, f"_{form}")
    feed = [0, 1, -1, 0.5, -0.5, 5, -5, 30, -30, 1e-20, 2.25, -2.25]
    options = dict(approximate=True)
    yield Case("f32_tanh_form", "GELU", [t("float32", (12,), values=feed)], [out("float32", (12,))], options)
