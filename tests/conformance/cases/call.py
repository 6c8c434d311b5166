# SPDX-License-Identifier: Apache-2.0
"""Calls that are replaced by what they call: CALL, STABLEHLO_COMPOSITE."""

import numpy as np
from conformance import Case, const, out, t
from tflite_model import flexbuffer


def half_square(b):
    """(x - y)^2 / 2, and y as it came."""
    g = b.subgraph()
    x, y = g.tensor("float32", (2, 3)), g.tensor("float32", (3,))
    d, s, h = (g.tensor("float32", (2, 3)) for _ in range(3))
    g.op("SUB", [x, y], [d], {})
    g.op("SQUARE", [d], [s])
    g.op("MUL", [s, g.const(np.float32(0.5))], [h], {})
    return g.ends([x, y], [h, y])


def twice(op, options):
    """Each call has values of its own; the second gets a constant."""

    def model(b):
        callee = half_square(b)
        x, y = b.add(t("float32", (2, 3))), b.add(t("float32", (3,)))
        first, same = b.tensor("float32", (2, 3)), b.tensor("float32", (3,))
        b.op(op, [x, y], [first, same], options(callee))
        outputs = [b.add(out("float32", (2, 3))), b.add(out("float32", (3,)))]
        b.op(op, [first, b.add(const(np.array([0.5, -1.0, 0.25], np.float32)))], outputs, options(callee))

    return model


def nested(b):
    """The callee calls another, and only shapes its input."""
    inner = b.subgraph()
    x, s = inner.tensor("float32", (2, 3)), inner.tensor("int32", (2,))
    inner.op("SHAPE", [x], [s], dict(outType="INT32"))
    inner_number = inner.ends([x], [s])
    g = b.subgraph()
    x, s, y = g.tensor("float32", (2, 3)), g.tensor("int32", (2,)), g.tensor("float32", (2, 3))
    g.op("CALL", [x], [s], dict(subgraph=inner_number))
    g.op("RESHAPE", [x, s], [y])
    outer = g.ends([x], [y])
    x = b.add(t("float32", (2, 3)))
    y = b.tensor("float32", (2, 3))
    b.op("CALL", [x], [y], dict(subgraph=outer))
    b.op("NEG", [y], [b.add(out("float32", (2, 3)))])


def expected(inputs):
    x, y = (a.astype(np.float64) for a in inputs)
    last = np.array([0.5, -1.0, 0.25])
    return [((x - y) ** 2 / 2 - last) ** 2 / 2, last]


def cases():
    call = twice("CALL", lambda index: dict(subgraph=index))
    yield Case("call", "CALL", model=call, oracle=expected)  # LiteRT has no CALL
    yield Case("nested", "CALL", model=nested, oracle=lambda inputs: [-inputs[0]], tolerance=0)
    composite = twice("STABLEHLO_COMPOSITE", lambda index: dict(name=b"my.loss", decompositionSubgraphIndex=index, compositeAttributes=flexbuffer({})))
    yield Case("composite", "STABLEHLO_COMPOSITE", model=composite)
