# SPDX-License-Identifier: Apache-2.0
"""Builds small .tflite files out of tensors and operators. Needs flatbuffers and the schema of ai-edge-litert."""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as S
from flatbuffers import flexbuffers

DTYPES = {name.lower(): number for name, number in vars(S.TensorType).items() if name.isupper()}

# Options tables whose name is not the operator's.
SHARED_OPTIONS = {
    "L2_NORMALIZATION": "L2NormOptions",
    "STABLEHLO_COMPOSITE": "StableHLOCompositeOptions",
    "CONV_3D_TRANSPOSE": "Conv3DOptions",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNNOptions",
    "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions",
    **{name: "Pool2DOptions" for name in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D")},
    **{name: "ReducerOptions" for name in ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL")},
}
# Enumerations by field; any other name is one of TensorType.
ENUMS = {
    "padding": S.Padding,
    "fusedActivationFunction": S.ActivationFunctionType,
    "mode": S.MirrorPadMode,
    "weightsFormat": S.FullyConnectedOptionsWeightsFormat,
    "kernelType": S.LSTMKernelType,
    "combiner": S.CombinerType,
}
# Where the 0 of the schema is no usable number.
START = {"strideD": 1, "strideH": 1, "strideW": 1, "filterHeight": 1, "filterWidth": 1, "depthMultiplier": 1, "beta": 1.0}


def _plain(name):
    return name.replace("_", "").lower()


def _options_by_operator():
    tables = [
        (table, field, getattr(kinds, table))
        for field, kinds in (("builtinOptions", S.BuiltinOptions), ("builtinOptions2", S.BuiltinOptions2))
        for table in vars(kinds)
        if table.endswith("Options")
    ]
    by_name = {_plain(table): (table, field, number) for table, field, number in tables}
    found = {}
    for operator in (name for name in vars(S.BuiltinOperator) if name.isupper()):
        table = SHARED_OPTIONS.get(operator, operator + "Options")
        if _plain(table) in by_name:
            found[operator] = by_name[_plain(table)]
    return found


OPTIONS = _options_by_operator()


def _options(operator, values):
    """(the options object or None, its field of the operator, the union's number)"""
    if operator not in OPTIONS:
        if values:
            raise ValueError(f"{operator} has no options, but got {sorted(values)}")
        return None, None, None
    table, field, number = OPTIONS[operator]
    options = getattr(S, table + "T")()
    for name, value in START.items():
        if hasattr(options, name) and (name != "beta" or operator == "SOFTMAX"):
            setattr(options, name, value)
    for name, value in values.items():
        if not hasattr(options, name):
            raise ValueError(f"{table} has no field {name}, only {sorted(vars(options))}")
        if isinstance(value, str) and getattr(options, name) is not None:  # the name of an enum's value
            value = getattr(ENUMS.get(name, S.TensorType), value if name in ENUMS else value.upper())
        setattr(options, name, value)
    return options, field, number


def flexbuffer(values):
    """A flexbuffer map. Its keys are strings, its values numbers, strings, bools or lists of numbers."""
    builder = flexbuffers.Builder()
    with builder.Map():
        for key, value in values.items():
            if isinstance(value, bool):
                builder.Bool(key, value)
            elif isinstance(value, (int, np.integer)):
                builder.Int(key, int(value))
            elif isinstance(value, (float, np.floating)):
                builder.Float(key, float(value), byte_width=4)
            elif isinstance(value, str):
                builder.String(key, value)
            else:
                builder.TypedVectorFromElements(key, list(value))
    return bytes(builder.Finish())


def pack_int4(values):
    """Two elements a byte, the first in the low half."""
    flat = np.asarray(values, np.int8).reshape(-1)
    flat = np.append(flat, np.zeros(flat.size % 2, np.int8))
    return ((flat[0::2] & 15) | (flat[1::2] & 15) << 4).astype(np.uint8)


class Builder:
    """One graph: declare tensors, then operators on them, then build(). Methods return tensor numbers."""

    def __init__(self, main=None):
        self.tensors, self.operators = [], []
        self.codes, self.buffers, self.graphs = (main.codes, main.buffers, main.graphs) if main else ([], [S.BufferT()], [])

    def subgraph(self):
        """A graph that an operator may call: describe it, then call its ends(). The file's main graph must stay this one."""
        return Builder(self)

    def ends(self, inputs, outputs):
        """The graph is complete; returns its number in the file."""
        graph = S.SubGraphT()
        graph.name, graph.tensors, graph.operators = f"g{len(self.graphs)}".encode(), self.tensors, self.operators
        graph.inputs, graph.outputs = [int(i) for i in inputs], [int(i) for i in outputs]
        self.graphs.append(graph)
        return len(self.graphs)  # the main graph ends last, but comes first

    def tensor(self, dtype, shape, scale=None, zp=None, axis=0, data=None, variable=False):
        """scale and zp: None, a number, or one number per index of `axis`. data: the values of a constant."""
        t = S.TensorT()
        t.name = f"t{len(self.tensors)}".encode()
        t.shape, t.type, t.hasRank, t.isVariable = [int(d) for d in shape], DTYPES[dtype], True, variable
        buffer = S.BufferT()
        if data is not None:
            raw = pack_int4(data) if dtype == "int4" else np.ascontiguousarray(data)
            buffer.data = np.frombuffer(raw.tobytes(), np.uint8)
        self.buffers.append(buffer)
        t.buffer = len(self.buffers) - 1
        if scale is not None:
            q = S.QuantizationParametersT()
            q.scale = np.atleast_1d(np.asarray(scale, np.float32))
            q.zeroPoint = np.array(np.broadcast_to(np.asarray(0 if zp is None else zp, np.int64), q.scale.shape))
            q.quantizedDimension = int(axis)
            t.quantization = q
        self.tensors.append(t)
        return len(self.tensors) - 1

    def const(self, array, scale=None, zp=None, axis=0, dtype=None):
        array = np.asarray(array)
        return self.tensor(dtype or array.dtype.name, array.shape, scale, zp, axis, array)

    def op(self, operator, inputs, outputs, options=None, version=1):
        """operator: a builtin's name in the schema, or "CUSTOM:" and a name; inputs of -1 are left out. options: a dict of the
        fields of its table (enum values as strings); for custom operators bytes, or a dict that becomes a flexbuffer."""
        o = S.OperatorT()
        o.inputs, o.outputs = [int(i) for i in inputs], [int(i) for i in outputs]
        kind, _, custom = operator.partition(":")
        key = (getattr(S.BuiltinOperator, kind), custom, version)
        if key not in self.codes:
            self.codes.append(key)
        o.opcodeIndex = self.codes.index(key)
        if kind == "CUSTOM":
            raw = options if isinstance(options, (bytes, bytearray)) else flexbuffer(options or {})
            o.customOptions = np.frombuffer(raw, np.uint8)
        else:
            value, field, number = _options(kind, options or {})
            if value is not None:
                setattr(o, field, value)
                setattr(o, field + "Type", number)
        self.operators.append(o)

    def build(self, inputs, outputs):
        """The bytes of the file."""
        self.ends(inputs, outputs)
        model = S.ModelT()
        model.version, model.buffers, model.operatorCodes = 3, self.buffers, []
        model.subgraphs = self.graphs[-1:] + self.graphs[:-1]
        for builtin, custom, version in self.codes:
            code = S.OperatorCodeT()
            code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), version
            code.customCode = custom.encode() if custom else None
            model.operatorCodes.append(code)
        out = flatbuffers.Builder(1024)
        out.Finish(model.Pack(out), b"TFL3")
        return bytes(out.Output())
