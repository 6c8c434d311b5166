# SPDX-License-Identifier: Apache-2.0
"""What the files of cases/ are written in: Case, t, const, out. See README.md."""

import zlib

import numpy as np

from tflite_model import Builder


class Tensor:
    """A tensor of a case; made by t, const and out."""

    def __init__(self, role, dtype, shape, scale=None, zp=None, axis=0, low=None, high=None, values=None, variable=False):
        self.role, self.dtype, self.shape = role, dtype, tuple(shape)
        self.scale, self.zp, self.axis = scale, zp, axis
        self.low, self.high, self.values, self.variable = low, high, values, variable

    def text(self):
        shape = f"{self.dtype}[{','.join(map(str, self.shape))}]"
        return shape + ("const" if self.role == "const" else "var" if self.variable else "")


def t(dtype, shape, scale=None, zp=None, axis=0, low=None, high=None, values=None, variable=False):
    """A run-time input: random in [low, high] (the dtype's range; -1..1 for floats), or `values`; with steps, values may have
    a leading dim of them. variable: no input of the model but its state, zero at first."""
    return Tensor("input", dtype, shape, scale, zp, axis, low, high, values, variable)


def const(array, scale=None, zp=None, axis=0, dtype=None):
    """A constant input; None: an optional input left out. dtype: where the array's does not say it ("int4")."""
    if array is None:
        return None
    array = np.asarray(array)
    return Tensor("const", dtype or array.dtype.name, array.shape, scale, zp, axis, values=array)


def out(dtype, shape, scale=None, zp=None, axis=0):
    return Tensor("output", dtype, shape, scale, zp, axis)


def random_values(dtype, shape, seed, low=None, high=None):
    """The same values for the same text `seed`, on any machine. Floats have 12 significant bits, so that files stay small."""
    rng = np.random.Generator(np.random.PCG64(zlib.crc32(seed.encode())))
    if dtype == "bool":
        return rng.integers(0, 2, shape).astype(bool)
    if dtype == "complex64":
        parts = random_values("float32", (2,) + tuple(shape), seed, low, high)
        return (parts[0] + 1j * parts[1]).astype(np.complex64)
    if dtype.startswith("float"):
        low, high = -1.0 if low is None else low, 1.0 if high is None else high
        return (low + (high - low) * (rng.integers(0, 4097, shape) / 4096)).astype(dtype)
    limits = (-8, 7) if dtype == "int4" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    low, high = limits[0] if low is None else int(low), limits[1] if high is None else int(high)
    kind = np.uint64 if low >= 0 and high > np.iinfo(np.int64).max else np.int64
    values = np.array(rng.integers(low, high, shape, dtype=kind, endpoint=True))
    if values.size >= 8:  # both ends are worth a test
        ends = rng.permutation(values.size)[:2]
        values.reshape(-1)[ends] = low, high
    return values.astype("int8" if dtype == "int4" else dtype)


class Case:
    """One model with inputs and the values it must give.

    name       unique in the file; it also seeds the random inputs
    op         the TFLite builtin's name in the schema, or "CUSTOM:Name"
    inputs     t() and const(), in the op's order; outputs: out()
    options    fields of the builtin's options table (enum values as strings); custom: bytes or a dict (flexbuffer)
    steps      consecutive runs that share the model's state, each with inputs of its own
    oracle     None: LiteRT's default path; "builtin", "ref": its other kernels; "tflm": TFLite Micro (package tflite_micro);
               another Case, whose LiteRT results on the same run-time inputs are expected;
               or a function from the list of inputs (constants too, None for what is left out) to the list of outputs
    tolerance  quanta for integers, part of the largest expected value for floats; None: 1 quantum where the output is
               quantized, none for other integers, 1e-5 for floats
    resize     shapes that the model's inputs get, instead of the file's, when it is loaded or converted (--shape)
    model      instead of inputs, outputs, options: a function that gets a CaseBuilder and adds tensors and operators
    """

    def __init__(
        self, name, op, inputs=(), outputs=(), options=None, steps=1, oracle=None, tolerance=None, model=None, version=1, resize=None
    ):
        self.name, self.op, self.options, self.steps = name, op, options, steps
        self.oracle, self.tolerance, self.version, self.resize = oracle, tolerance, version, resize
        self.inputs, self.outputs, self.model = list(inputs), list(outputs), model

    def build(self):
        """Fills `bytes` (the .tflite file), `fed` and `given` (the tensors that are the model's inputs and outputs)."""
        builder = CaseBuilder()
        if self.model is not None:
            self.model(builder)
            self.inputs = self.inputs or builder.fed
        else:
            inputs = [-1 if x is None else builder.add(x) for x in self.inputs]
            outputs = [builder.add(x) for x in self.outputs]
            builder.op(self.op, inputs, outputs, self.options, self.version)
        self.fed, self.given, self.bytes = builder.fed, builder.given, builder.file()
        if self.resize is not None:
            self.names = [builder.tensors[number].name.decode() for number in builder._inputs]
            for x, shape in zip(self.fed, self.resize):
                x.shape = tuple(shape)
        return self

    def values(self):
        """Per step, the arrays of the model's inputs."""
        steps = [[] for _ in range(self.steps)]
        for i, x in enumerate(self.fed):
            kind = "int8" if x.dtype == "int4" else x.dtype
            if x.values is None:
                every = random_values(x.dtype, (self.steps,) + x.shape, f"{self.op}/{self.name}/{i}", x.low, x.high)
            else:
                every = np.asarray(x.values).astype(kind)
                if every.shape != (self.steps,) + x.shape:
                    every = np.broadcast_to(every.reshape(x.shape), (self.steps,) + x.shape)
            for step in range(self.steps):
                steps[step].append(np.ascontiguousarray(every[step]).reshape(x.shape))
        return steps

    def about(self):
        """One line for people."""
        sides = [" ".join("-" if x is None else x.text() for x in side) for side in (self.inputs, self.given)]
        options = self.options if isinstance(self.options, dict) else {}
        return " -> ".join(sides) + "".join(f" {key}={value}" for key, value in options.items())


class CaseBuilder(Builder):
    """For Case(model=...): add() declares t(), const() and out() tensors, op() as in Builder; tensor() is for those between."""

    def __init__(self):
        super().__init__()
        self.fed, self.given, self._inputs, self._outputs = [], [], [], []

    def add(self, x):
        data = x.values if x.role == "const" else None
        number = self.tensor(x.dtype, x.shape, x.scale, x.zp, x.axis, data, x.variable)
        if x.role == "output":
            self.given.append(x)
            self._outputs.append(number)
        elif x.role == "input" and not x.variable:
            self.fed.append(x)
            self._inputs.append(number)
        return number

    def trial(self):
        """The bytes of the file as it stands; more may be added."""
        graphs = list(self.graphs)
        raw = self.file()
        self.graphs[:] = graphs
        return raw

    def file(self):
        return self.build(self._inputs, self._outputs)
