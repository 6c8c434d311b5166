# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def less_than(b, limit, dtypes):
    """A condition: the first input is less than `limit`."""
    g = b.subgraph()
    inputs = [g.tensor(dtype, shape) for dtype, shape in dtypes]
    y = g.tensor("bool", ())
    g.op("LESS", [inputs[0], g.const(np.array(limit, dtypes[0][0]))], [y])
    return g.ends(inputs, [y])


def counting(limit):
    """i counts up to the limit while x doubles."""

    def model(b):
        dtypes = [("int32", ()), ("float32", (2, 3))]
        cond = less_than(b, limit, dtypes)
        g = b.subgraph()
        i, x = (g.tensor(*d) for d in dtypes)
        next_i, next_x = (g.tensor(*d) for d in dtypes)
        g.op("ADD", [i, g.const(np.array(1, np.int32))], [next_i])
        g.op("ADD", [x, x], [next_x])
        body = g.ends([i, x], [next_i, next_x])
        inputs = [b.add(t("int32", (), low=0, high=3)), b.add(t("float32", (2, 3)))]
        outputs = [b.add(out("int32", ())), b.add(out("float32", (2, 3)))]
        b.op("WHILE", inputs, outputs, dict(condSubgraphIndex=cond, bodySubgraphIndex=body))

    return model


def swapping(b):
    """x and y trade places: the body's outputs are its inputs."""
    dtypes = [("int32", ()), ("float32", (3,)), ("float32", (3,))]
    cond = less_than(b, 5, dtypes)
    g = b.subgraph()
    i, x, y = (g.tensor(*d) for d in dtypes)
    next_i = g.tensor("int32", ())
    g.op("ADD", [i, g.const(np.array(1, np.int32))], [next_i])
    body = g.ends([i, x, y], [next_i, y, x])
    inputs = [b.add(t("int32", (), low=0, high=4)), b.add(t("float32", (3,))), b.add(t("float32", (3,)))]
    outputs = [b.add(out("int32", ())), b.add(out("float32", (3,))), b.add(out("float32", (3,)))]
    b.op("WHILE", inputs, outputs, dict(condSubgraphIndex=cond, bodySubgraphIndex=body))


def swapped(inputs):
    """What swapping() gives; LiteRT 2.3.0 loses one of the two values."""
    i, x, y = inputs
    odd = (5 - int(i)) % 2 == 1
    return [np.int32(5), y if odd else x, x if odd else y]


def constant_start(b):
    """The loop starts from a constant, which must survive the run."""
    dtypes = [("int32", ()), ("float32", (2,))]
    cond = less_than(b, 3, dtypes)
    g = b.subgraph()
    i, x = (g.tensor(*d) for d in dtypes)
    next_i, next_x = (g.tensor(*d) for d in dtypes)
    g.op("ADD", [i, g.const(np.array(1, np.int32))], [next_i])
    g.op("LOGISTIC", [x], [next_x])
    body = g.ends([i, x], [next_i, next_x])
    inputs = [b.add(const(np.array(0, np.int32))), b.add(t("float32", (2,)))]
    outputs = [b.add(out("int32", ())), b.add(out("float32", (2,)))]
    b.op("WHILE", inputs, outputs, dict(condSubgraphIndex=cond, bodySubgraphIndex=body))


def fills_a_list(shape, length):
    """Row i of a list is replaced in round i, as Keras' RNN layers are written: two slices of computed size around the new row."""

    def model(b):
        rank = len(shape) + 1
        dtypes = [("int32", ()), ("float32", (length, *shape)), ("float32", (1, *shape))]
        cond = less_than(b, length, dtypes)
        g = b.subgraph()
        i, rows, x = (g.tensor(*d) for d in dtypes)
        next_i, next_rows, next_x = (g.tensor(*d) for d in dtypes)
        g.op("ADD", [i, g.const(np.array(1, np.int32))], [next_i])
        g.op("LOGISTIC", [x], [next_x])
        ends = []
        for scalar, rest in ((i, -1), (next_i, 0)):
            one, end = g.tensor("int32", (1,)), g.tensor("int32", (rank,))
            g.op("RESHAPE", [scalar, g.const(np.array([1], np.int32))], [one])
            g.op("CONCATENATION", [one, g.const(np.full(rank - 1, rest, np.int32))], [end], dict(axis=0))
            ends.append(end)
        before, after = g.tensor("float32", (1, *shape)), g.tensor("float32", (1, *shape))
        g.op("SLICE", [rows, g.const(np.zeros(rank, np.int32)), ends[0]], [before])
        g.op("SLICE", [rows, ends[1], g.const(np.full(rank, -1, np.int32))], [after])
        g.op("CONCATENATION", [before, next_x, after], [next_rows], dict(axis=0))
        body = g.ends([i, rows, x], [next_i, next_rows, next_x])
        inputs = [b.add(t("int32", (), low=0, high=2))] + [b.add(t(*d)) for d in dtypes[1:]]
        outputs = [b.add(out(*d)) for d in dtypes]
        b.op("WHILE", inputs, outputs, dict(condSubgraphIndex=cond, bodySubgraphIndex=body))

    return model


def filled(inputs):
    i, rows, x = (np.array(a) for a in inputs)
    while i < len(rows):
        x = (1 / (1 + np.exp(-x.astype(np.float64)))).astype(np.float32)
        rows[i] = x[0]
        i = np.int32(i + 1)
    return [np.array(i, np.int32), rows, x]


def cases():
    yield Case("counts", "WHILE", model=counting(5), steps=4)
    yield Case("never", "WHILE", model=counting(-1))
    yield Case("once", "WHILE", model=counting(1), steps=3)
    yield Case("many", "WHILE", model=counting(40))
    yield Case("swaps", "WHILE", model=swapping, steps=5, oracle=swapped)
    yield Case("constant_start", "WHILE", model=constant_start, steps=2)
    yield Case("fills_a_list", "WHILE", model=fills_a_list((3,), 5), steps=2, oracle=filled)
    yield Case("fills_a_deep_list", "WHILE", model=fills_a_list((2, 3), 4), oracle=filled)
