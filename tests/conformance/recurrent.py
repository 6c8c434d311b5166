# SPDX-License-Identifier: Apache-2.0
"""Models of one recurrent op, for the files of cases/: random weights by name, states, intermediate tensors."""
import zlib

import numpy as np

from conformance import const, out, t

KINDS = {"f32": "float32", "hybrid": "float32", "s8": "int8", "s16": "int16"}


class Layer:
    """Makes the constants of one layer. kind: f32, hybrid (int8 weights), s8, s16 (quantized activations)."""

    def __init__(self, kind, name):
        self.kind, self.dtype = kind, KINDS[kind]
        self.rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))

    def _values(self, shape, low, high):
        return (low + (high - low) * self.rng.integers(0, 4097, shape) / 4096).astype(np.float32)

    def _quantized(self, values, dtype, scale):
        return const(np.rint(values / scale).astype(dtype), scale=scale, zp=0)

    def weights(self, rows, cols, gain=1.5):
        values = self._values((rows, cols), -gain / np.sqrt(cols), gain / np.sqrt(cols))
        if self.kind == "f32":
            return const(values)
        return self._quantized(values, np.int8, np.float32(gain / np.sqrt(cols) / 127))

    def vector(self, count, low, high, dtype=None, scale=None):
        """Floats, or `dtype` with `scale` when activations are quantized."""
        values = self._values((count,), low, high)
        return const(values) if self.dtype == "float32" else self._quantized(values, dtype, np.float32(scale))

    def peephole(self, count):
        if self.kind == "hybrid":
            return self._quantized(self._values((count,), -0.5, 0.5), np.int8, np.float32(0.5 / 127))
        return self.vector(count, -0.5, 0.5, np.int16, 0.5 / 32767)


def lstm(kind, name, op="UNIDIRECTIONAL_SEQUENCE_LSTM", steps=3, batch=2, inputs=5, cells=7, outputs=None, cifg=False, peephole=False,
         projection=None, norm=False, time_major=False, activation="TANH", asymmetric=False, cell_clip=0.0, projection_clip=0.0,
         cell_bits=11, x_quant=(0.015, -7), y_quant=(1 / 128, 5), hidden_quant=None, version=1):
    """A function for Case(model=...). projection: None, or whether it has a bias."""
    def model(b):
        layer = Layer(kind, name)
        out_size = outputs or cells
        quantized = kind in ("s8", "s16")
        x_scale, x_zero = x_quant if quantized else (None, None)
        y_scale, y_zero = y_quant if quantized else (None, None)
        h_scale, h_zero = hidden_quant or y_quant
        bias_type = np.int64 if kind == "s16" else np.int32
        lead = (batch,) if op == "LSTM" else (steps, batch) if time_major else (batch, steps)
        gates = [g for g in "ifco" if not (cifg and g == "i")]

        def each(make, order="ifco", wanted=True):
            return [b.add(make()) if wanted and g in gates else -1 for g in order]

        x = b.add(t(layer.dtype, lead + (inputs,), scale=x_scale, zp=x_zero))
        ids = [x] + each(lambda: layer.weights(cells, inputs)) + each(lambda: layer.weights(cells, out_size))
        ids += each(lambda: layer.peephole(cells), "ifo", peephole)
        bias_scale = 1.0 / 2**20 if norm else (x_scale or 1) * 1.5 / np.sqrt(inputs) / 127
        ids += each(lambda: layer.vector(cells, -0.5, 0.5, bias_type, bias_scale))
        if projection is not None:
            ids.append(b.add(layer.weights(out_size, cells, 0.7)))
            scale = h_scale * 0.7 / np.sqrt(cells) / 127
            ids.append(b.add(layer.vector(out_size, -0.2, 0.2, bias_type, scale)) if projection else -1)
        else:
            ids += [-1, -1]
        ids.append(b.add(t(layer.dtype, (batch, out_size), scale=y_scale, zp=y_zero, variable=True)))
        ids.append(b.add(t("int16" if quantized else "float32", (batch, cells), scale=2.0**-cell_bits if quantized else None,
                           zp=0 if quantized else None, variable=True)))
        ids += each(lambda: layer.vector(cells, 0.3, 1.2, np.int16, 1.2 / 32767), wanted=norm)
        y = b.add(out(layer.dtype, lead + (out_size,), scale=y_scale, zp=y_zero))
        options = dict(fusedActivationFunction=activation, cellClip=cell_clip, projClip=projection_clip,
                       asymmetricQuantizeInputs=asymmetric)
        if op != "LSTM":
            options["timeMajor"] = time_major
        b.op(op, ids[:20] if op == "LSTM" and not norm else ids, [y], options, version)
        if quantized:
            scale = 2.0**-13 if norm else 2.0**-12
            between = [b.tensor("int16", (0,), scale=scale, zp=0) for _ in range(4)]
            b.operators[-1].intermediates = between + [b.tensor(layer.dtype, (0,), scale=h_scale, zp=h_zero)]
            for i in between:
                b.tensors[i].buffer = 0
        for tensor in b.tensors:  # a state has no buffer of its own
            if tensor.isVariable:
                tensor.buffer = 0
    return model


def rnn(kind, name, op="UNIDIRECTIONAL_SEQUENCE_RNN", steps=3, batch=2, inputs=5, units=7, activation="TANH", time_major=False,
        asymmetric=False):
    def model(b):
        layer = Layer(kind, name)
        lead = (batch,) if op == "RNN" else (steps, batch) if time_major else (batch, steps)
        ids = [b.add(t("float32", lead + (inputs,))), b.add(layer.weights(units, inputs, 1.0)), b.add(layer.weights(units, units, 1.0)),
               b.add(layer.vector(units, -0.5, 0.5)), b.add(t("float32", (batch, units), variable=True))]
        b.tensors[ids[-1]].buffer = 0
        y = b.add(out("float32", lead + (units,)))
        options = dict(fusedActivationFunction=activation, asymmetricQuantizeInputs=asymmetric)
        if op != "RNN":
            options["timeMajor"] = time_major
        b.op(op, ids, [y], options, 1 if kind == "f32" else 3)
    return model


def svdf(kind, name, batch=2, inputs=5, units=4, rank=1, memory=3, bias=True, activation="NONE", asymmetric=False, state="int16",
         x_quant=(0.015, -7), y_quant=(0.03, -20)):
    def model(b):
        layer = Layer(kind, name)
        filters = units * rank
        if kind == "s8":
            limit = 32767 if state == "int16" else 127
            state_scale, time_scale = 4.0 / limit, 1.0 / limit
            x = t("int8", (batch, inputs), scale=x_quant[0], zp=x_quant[1])
            times = const(np.rint(layer._values((filters, memory), -1, 1) / time_scale).astype(state), scale=time_scale, zp=0)
            held = t(state, (batch, filters * memory), scale=state_scale, zp=0, variable=True)
            y = out("int8", (batch, units), scale=y_quant[0], zp=y_quant[1])
            shift = layer.vector(units, -0.5, 0.5, np.int32, state_scale * time_scale)
        else:
            x, times = t("float32", (batch, inputs)), layer.weights(filters, memory)
            held, y = t("float32", (batch, filters * memory), variable=True), out("float32", (batch, units))
            shift = layer.vector(units, -0.5, 0.5)
        ids = [b.add(x), b.add(layer.weights(filters, inputs)), b.add(times), b.add(shift) if bias else -1, b.add(held)]
        b.tensors[ids[-1]].buffer = 0
        options = dict(rank=rank, fusedActivationFunction=activation, asymmetricQuantizeInputs=asymmetric)
        b.op("SVDF", ids, [b.add(y)], options, 4 if asymmetric else 3 if kind == "s8" else 2)
    return model


def bidirectional_lstm(kind, name, steps=3, batch=1, inputs=4, cells=(5, 5), outputs=None, cifg=False, peephole=False, projection=False,
                       time_major=False, merge=True, second_input=False):
    """outputs: of both layers with a projection. second_input: an auxiliary input, which the backward layer reads. With more
    batches LiteRT 2.3 gives other numbers from run to run, unless time_major."""
    def model(b):
        layer = Layer(kind, name)
        lead = (steps, batch) if time_major else (batch, steps)
        sizes = outputs or cells
        gates = "fco" if cifg else "ifco"
        ids = [b.add(t("float32", lead + (inputs,)))]
        for n_cell, n_out in zip(cells, sizes):
            ids += [b.add(layer.weights(n_cell, inputs)) if g in gates else -1 for g in "ifco"]
            ids += [b.add(layer.weights(n_cell, n_out)) if g in gates else -1 for g in "ifco"]
            ids += [b.add(layer.peephole(n_cell)) if peephole and g in gates else -1 for g in "ifo"]
            ids += [b.add(layer.vector(n_cell, -0.5, 0.5)) if g in gates else -1 for g in "ifco"]
            ids += [b.add(layer.weights(n_out, n_cell)), b.add(layer.vector(n_out, -0.2, 0.2))] if projection else [-1, -1]
        for n_cell, n_out in zip(cells, sizes):
            for units in (n_out, n_cell):
                ids.append(b.add(t("float32", (batch, units), variable=True)))
                b.tensors[ids[-1]].buffer = 0
        ids.append(b.add(t("float32", lead + (inputs,))) if second_input else -1)
        ids += [-1] * 8
        shapes = [lead + (sum(sizes),)] if merge else [lead + (n,) for n in sizes]
        options = dict(fusedActivationFunction="TANH", timeMajor=time_major, mergeOutputs=merge)
        b.op("BIDIRECTIONAL_SEQUENCE_LSTM", ids, [b.add(out("float32", shape)) for shape in shapes], options, 1 if kind == "f32" else 2)
    return model


def bidirectional_rnn(kind, name, steps=3, batch=2, inputs=5, units=(7, 6), time_major=False, merge=True, second_input=False):
    def model(b):
        layer = Layer(kind, name)
        lead = (steps, batch) if time_major else (batch, steps)
        ids = [b.add(t("float32", lead + (inputs,)))]
        for n in units:
            ids += [b.add(layer.weights(n, inputs, 1.0)), b.add(layer.weights(n, n, 1.0)), b.add(layer.vector(n, -0.5, 0.5)),
                    b.add(t("float32", (batch, n), variable=True))]
            b.tensors[ids[-1]].buffer = 0
        ids += [b.add(t("float32", lead + (inputs,))) if second_input else -1, -1, -1]
        shapes = [lead + (sum(units),)] if merge else [lead + (n,) for n in units]
        options = dict(fusedActivationFunction="TANH", timeMajor=time_major, mergeOutputs=merge)
        b.op("BIDIRECTIONAL_SEQUENCE_RNN", ids, [b.add(out("float32", shape)) for shape in shapes], options, 1 if kind == "f32" else 2)
    return model
