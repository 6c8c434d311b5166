# SPDX-License-Identifier: Apache-2.0
"""Layers for the small networks of cases/networks.py, float or quantized in the ways that converters write them."""

import zlib

import numpy as np
from conformance import out, t

SAME, VALID = dict(padding="SAME"), dict(padding="VALID")
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}
# kind of network: dtype of activations
KINDS = {"f32": "float32", "f16": "float32", "drq": "float32", "s8": "int8", "u8": "uint8", "s16": "int16"}


class Net:
    """Methods add one layer and return its tensor. Tensors between carry no shape: readers have to find it out.

    kind: f32; f16 (weights of half floats behind DEQUANTIZE); drq (floats, int8 weights); s8, u8, s16 (quantized)
    """

    def __init__(self, builder, name, kind):
        self.b, self.kind, self.dtype = builder, kind, KINDS[kind]
        self.rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
        self.quants = {}

    @property
    def quantized(self):
        return self.dtype != "float32"

    def _quant(self, low, high):
        """scale and zero point that hold [low, high]"""
        if not self.quantized:
            return {}
        least, most = LIMITS[self.dtype]
        if self.dtype == "int16":
            return dict(scale=float(np.float32(max(-low, high) / most)), zp=0)
        scale = float(np.float32((high - low) / (most - least)))
        return dict(scale=scale, zp=int(np.clip(round(least - low / scale), least, most)))

    def input(self, shape, low=-1.0, high=1.0):
        quant = self._quant(low, high)
        limits = {} if self.quantized else dict(low=low, high=high)
        number = self.b.add(t(self.dtype, shape, **quant, **limits))
        self.quants[number] = quant
        return number

    def floats(self, shape, low=-1.0, high=1.0):
        """Values that deflate well."""
        return (low + (high - low) * self.rng.integers(0, 257, shape) / 256).astype(np.float32)

    def output(self, x, shape=()):
        """`x`, made last by op(), is an output of the model."""
        tensor = self.b.tensors[x]
        dtype = {0: "float32", 2: "int32", 3: "uint8", 4: "int64", 6: "bool", 7: "int16", 9: "int8"}[tensor.type]
        self.b.given.append(out(dtype, shape, **self.quants.get(x, {})))
        self.b._outputs.append(x)

    def op(self, name, inputs, options=None, span=(-2.0, 2.0), like=None, dtype=None):
        """One output of the network's dtype, or `dtype`; span: what it holds; like: the tensor whose quantization it has."""
        quant = {} if dtype else self.quants[like] if like is not None else self._quant(*span)
        y = self.b.tensor(dtype or self.dtype, (), **quant)
        self.quants[y] = quant
        self.b.op(name, inputs, [y], options)
        return y

    def const(self, values, span=None):
        """A constant operand: floats, quantized where the network is."""
        values = np.asarray(values, np.float32)
        if not self.quantized:
            return self.b.const(values)
        span = span or (min(float(values.min()), 0.0), max(float(values.max()), 0.01))
        quant = self._quant(*span)
        stored = np.clip(np.round(values / quant["scale"]) + quant["zp"], *LIMITS[self.dtype]).astype(self.dtype)
        number = self.b.const(stored, **quant)
        self.quants[number] = quant
        return number

    def ints(self, values):
        return self.b.const(np.array(values, np.int32))

    def _weights(self, x, shape, axis, fan_in, channels):
        """(weights, bias) with about unit gain."""
        gain = 1.5 / np.sqrt(fan_in)
        if self.kind in ("f32", "f16"):
            values, bias = self.floats(shape, -gain, gain), self.b.const(self.floats((channels,), -0.2, 0.2))
            if self.kind == "f32":
                return self.b.const(values), bias
            stored = self.b.const(values.astype(np.float16))
            return self.op("DEQUANTIZE", [stored]), bias
        scale = (gain / 127 * self.rng.uniform(0.5, 1.0, channels)).astype(np.float32)
        if self.kind == "u8":
            weights = self.b.const(self.rng.integers(0, 256, shape).astype(np.uint8), scale=scale[0], zp=120)
            bias_scale = np.float32(self.quants[x]["scale"]) * scale[:1]
            return weights, self.b.const(self._bias(channels, bias_scale[0], np.int32), scale=bias_scale[0], zp=0)
        weights = self.b.const(self.rng.integers(-127, 128, shape).astype(np.int8), scale=scale, zp=0, axis=axis)
        if self.kind == "drq":
            return weights, self.b.const(self.floats((channels,), -0.2, 0.2))
        bias_scale = np.float32(self.quants[x]["scale"]) * scale
        kind = np.int64 if self.kind == "s16" else np.int32
        return weights, self.b.const(self._bias(channels, bias_scale, kind), scale=bias_scale, zp=0)

    def _bias(self, channels, scale, dtype):
        return np.round(self.floats((channels,), -0.2, 0.2) / scale).astype(dtype)

    def conv(self, x, cin, cout, size=1, stride=1, act="NONE", pad=SAME, span=(-2.0, 2.0), dilation=1):
        weights, bias = self._weights(x, (cout, size, size, cin), 0, size * size * cin, cout)
        options = dict(pad, strideH=stride, strideW=stride, fusedActivationFunction=act, dilationHFactor=dilation, dilationWFactor=dilation)
        return self.op("CONV_2D", [x, weights, bias], options, span)

    def depthwise(self, x, c, size=3, stride=1, act="NONE", pad=SAME, span=(-2.0, 2.0), dilation=1):
        weights, bias = self._weights(x, (1, size, size, c), 3, size * size, c)
        options = dict(pad, strideH=stride, strideW=stride, fusedActivationFunction=act, dilationHFactor=dilation, dilationWFactor=dilation)
        return self.op("DEPTHWISE_CONV_2D", [x, weights, bias], options, span)

    def dense(self, x, cin, cout, act="NONE", span=(-2.0, 2.0), keep=False):
        weights, bias = self._weights(x, (cout, cin), 0, cin, cout)
        return self.op("FULLY_CONNECTED", [x, weights, bias], dict(fusedActivationFunction=act, keepNumDims=keep), span)

    def up_conv(self, x, cin, cout, size, height, width, stride=2, span=(-2.0, 2.0)):
        """TRANSPOSE_CONV to height x width."""
        weights, bias = self._weights(x, (cout, size, size, cin), 0, size * size * cin / 4, cout)
        options = dict(SAME, strideH=stride, strideW=stride)
        return self.op("TRANSPOSE_CONV", [self.ints([1, height, width, cout]), weights, x, bias], options, span)

    def add(self, x, y, act="NONE", span=(-3.0, 3.0)):
        return self.op("ADD", [x, y], dict(fusedActivationFunction=act), span)

    def mul(self, x, y, span=(-3.0, 3.0)):
        return self.op("MUL", [x, y], {}, span)

    def sub(self, x, y, span=(-3.0, 3.0)):
        return self.op("SUB", [x, y], {}, span)

    def concat(self, xs, axis=3, span=(-2.0, 2.0)):
        return self.op("CONCATENATION", xs, dict(axis=axis), span)

    def mean(self, x, axes, keep=True, span=(-2.0, 2.0)):
        return self.op("MEAN", [x, self.ints(axes)], dict(keepDims=keep), span)

    def reshape(self, x, shape):
        return self.op("RESHAPE", [x, self.ints(shape)], dict(newShape=shape), like=x)

    def transpose(self, x, order):
        return self.op("TRANSPOSE", [x, self.ints(order)], like=x)

    def logistic(self, x):
        least = {"int8": -128, "uint8": 0}.get(self.dtype)
        y = self.op("LOGISTIC", [x]) if not self.quantized else None
        if y is None:
            quant = dict(scale=1 / 32768, zp=0) if self.dtype == "int16" else dict(scale=1 / 256, zp=least)
            y = self.b.tensor(self.dtype, (), **quant)
            self.quants[y] = quant
            self.b.op("LOGISTIC", [x], [y])
        return y

    def softmax(self, x):
        if not self.quantized:
            return self.op("SOFTMAX", [x], dict(beta=1.0))
        quant = {"int8": dict(scale=1 / 256, zp=-128), "uint8": dict(scale=1 / 256, zp=0), "int16": dict(scale=1 / 32768, zp=0)}[self.dtype]
        y = self.b.tensor(self.dtype, (), **quant)
        self.quants[y] = quant
        self.b.op("SOFTMAX", [x], [y], dict(beta=1.0))
        return y
