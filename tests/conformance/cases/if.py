# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def branch(b, op, count, shape, dtype="float32", options=None, swap=False):
    """A graph of `count` inputs that applies `op` to the first two."""
    g = b.subgraph()
    inputs = [g.tensor(dtype, shape) for _ in range(count)]
    y = g.tensor(dtype, shape)
    g.op(op, inputs[1::-1] if swap else inputs[:2], [y], options)
    return g.ends(inputs, [y])


def choice(value, shape=(2, 3)):
    def model(b):
        then, other = branch(b, "ADD", 2, shape), branch(b, "ADD", 2, shape, options=dict(fusedActivationFunction="RELU"))
        inputs = [b.add(t("bool", (), values=value)), b.add(t("float32", shape)), b.add(t("float32", shape))]
        b.op("IF", inputs, [b.add(out("float32", shape))], dict(thenSubgraphIndex=then, elseSubgraphIndex=other))

    return model


def pass_through(b):
    """A branch without a node: the output is an input."""
    g = b.subgraph()
    x = g.tensor("float32", (4,))
    g.tensor("float32", (4,))
    same = g.ends([x, 1], [x])
    other = branch(b, "ADD", 2, (4,))
    inputs = [b.add(t("bool", (1,))), b.add(t("float32", (4,))), b.add(t("float32", (4,)))]
    b.op("IF", inputs, [b.add(out("float32", (4,)))], dict(thenSubgraphIndex=same, elseSubgraphIndex=other))


def two_outputs(b):
    def swapped(order):
        g = b.subgraph()
        x, y = g.tensor("float32", (3,)), g.tensor("float32", (3,))
        u, v = g.tensor("float32", (3,)), g.tensor("float32", (3,))
        g.op("ADD", [x, y], [u])
        g.op("LOGISTIC", [x if order else y], [v])
        return g.ends([x, y], [u, v] if order else [v, u])

    then, other = swapped(True), swapped(False)
    inputs = [b.add(t("bool", ())), b.add(t("float32", (3,))), b.add(t("float32", (3,)))]
    outputs = [b.add(out("float32", (3,))), b.add(out("float32", (3,)))]
    b.op("IF", inputs, outputs, dict(thenSubgraphIndex=then, elseSubgraphIndex=other))


def nested(b):
    inner_then, inner_other = branch(b, "ADD", 2, (2,)), branch(b, "ADD", 2, (2,), options=dict(fusedActivationFunction="RELU6"))
    g = b.subgraph()
    flag, x, y, z = g.tensor("bool", (1,)), g.tensor("float32", (2,)), g.tensor("float32", (2,)), g.tensor("float32", (2,))
    g.op("IF", [flag, x, y], [z], dict(thenSubgraphIndex=inner_then, elseSubgraphIndex=inner_other))
    outer_then = g.ends([flag, x, y], [z])
    g = b.subgraph()
    flag, x, y, z = g.tensor("bool", (1,)), g.tensor("float32", (2,)), g.tensor("float32", (2,)), g.tensor("float32", (2,))
    g.op("LOGISTIC", [y], [z])
    outer_other = g.ends([flag, x, y], [z])
    inputs = [b.add(t("bool", ())), b.add(t("bool", (1,))), b.add(t("float32", (2,))), b.add(t("float32", (2,), low=-4, high=9))]
    b.op("IF", inputs, [b.add(out("float32", (2,)))], dict(thenSubgraphIndex=outer_then, elseSubgraphIndex=outer_other))


def cases():
    for value in (True, False):
        yield Case(f"f32_{value}", "IF", model=choice(value))
        yield Case(f"f32_scalar_{value}", "IF", model=choice(value, ()))
    yield Case("pass_through", "IF", model=pass_through, steps=4)
    yield Case("two_outputs", "IF", model=two_outputs, steps=4)
    yield Case("nested", "IF", model=nested, steps=6)
