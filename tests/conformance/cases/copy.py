# SPDX-License-Identifier: Apache-2.0
"""Variables: their reads and writes become COPY."""

from conformance import Case, out, t, random_values


def accumulator(dtype, shape, initial, quant=None):
    """state += x; y = state"""

    def model(b):
        quantization = quant or {}
        g = b.subgraph()
        handle = g.tensor("resource", ())
        g.op("VAR_HANDLE", [], [handle], dict(sharedName="state"))
        g.op("ASSIGN_VARIABLE", [handle, g.const(initial, **quantization)], [])
        init = g.ends([], [])
        b.op("CALL_ONCE", [], [], dict(initSubgraphIndex=init))
        handle = b.tensor("resource", ())
        b.op("VAR_HANDLE", [], [handle], dict(sharedName="state"))
        x, y = b.add(t(dtype, shape, **quantization)), b.add(out(dtype, shape, **quantization))
        old = b.tensor(dtype, shape, **quantization)
        b.op("READ_VARIABLE", [handle], [old])
        b.op("ADD", [old, x], [y])
        b.op("ASSIGN_VARIABLE", [handle, y], [])

    return model


def delay(b):
    """y = the input of the run before; the variable is read before it is written."""
    shape = (2, 3)
    g = b.subgraph()
    handle = g.tensor("resource", ())
    g.op("VAR_HANDLE", [], [handle], dict(sharedName="line"))
    g.op("ASSIGN_VARIABLE", [handle, g.const(random_values("float32", shape, "line"))], [])
    init = g.ends([], [])
    b.op("CALL_ONCE", [], [], dict(initSubgraphIndex=init))
    handle = b.tensor("resource", ())
    b.op("VAR_HANDLE", [], [handle], dict(sharedName="line"))
    old = b.tensor("float32", shape)
    b.op("READ_VARIABLE", [handle], [old])
    b.op("ASSIGN_VARIABLE", [handle, b.add(t("float32", shape))], [])
    b.op("LOGISTIC", [old], [b.add(out("float32", shape))])


def cases():
    yield Case(
        "f32_accumulates", "READ_VARIABLE", model=accumulator("float32", (2, 3), random_values("float32", (2, 3), "f")), steps=5
    )
    yield Case(
        "s32_accumulates", "READ_VARIABLE", model=accumulator("int32", (3,), random_values("int32", (3,), "s", -99, 99)), steps=3
    )
    quant = dict(scale=0.1, zp=-5)
    yield Case(
        "s8_accumulates", "READ_VARIABLE", model=accumulator("int8", (7,), random_values("int8", (7,), "q"), quant), steps=4
    )
    yield Case("delay", "READ_VARIABLE", model=delay, steps=4)
