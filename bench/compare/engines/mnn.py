# SPDX-License-Identifier: Apache-2.0
"""MNN; mnnconvert reads .tflite, and where that fails, what tf2onnx makes of it."""
import convert
import numpy as np

from .base import CannotConvert, Engine


class MNN(Engine):
    key = "mnn"
    title = "MNN"
    distribution = "MNN"

    @classmethod
    def convert(cls, tflite, cache):
        try:
            return cache.once(tflite, "tflite.mnn", lambda out: convert.mnn("TFLITE", tflite, out))
        except CannotConvert as reason:
            try:
                onnx = convert.to_onnx(tflite, cache)
                return cache.once(tflite, "onnx.mnn", lambda out: convert.mnn("ONNX", onnx, out))
            except CannotConvert as other:
                raise CannotConvert(f"{reason}; and as ONNX: {other}") from other

    @classmethod
    def library(cls):
        import MNN as library  # noqa: F401

    def __init__(self, model, threads, inputs):
        import MNN as library

        self.library = library
        self.net = library.Interpreter(str(model))
        self.session = self.net.createSession({"backend": "CPU", "numThread": threads, "precision": "normal"})
        names = list(self.net.getSessionInputAll(self.session))
        self.tensors = [self.net.getSessionInput(self.session, name) for name in names]
        for tensor, i in zip(self.tensors, inputs):
            if tuple(tensor.getShape()) != tuple(i["shape"]):
                self.net.resizeTensor(tensor, tuple(i["shape"]))
        self.net.resizeSession(self.session)

    def set_input(self, index, array):
        kinds = {"float32": self.library.Halide_Type_Float, "uint8": self.library.Halide_Type_Uint8,
                 "int32": self.library.Halide_Type_Int}
        kind = kinds.get(array.dtype.name)
        if kind is None:
            raise TypeError(f"MNN's Python has no {array.dtype.name} tensors")
        tensor = self.tensors[index]
        nhwc = self.library.Tensor_DimensionType_Tensorflow
        tensor.copyFrom(self.library.Tensor(tuple(tensor.getShape()), kind, np.ascontiguousarray(array), nhwc))

    def run(self):
        self.net.runSession(self.session)

    def outputs(self):
        found = []
        for tensor in self.net.getSessionOutputAll(self.session).values():
            host = self.library.Tensor(tensor, self.library.Tensor_DimensionType_Tensorflow)
            tensor.copyToHostTensor(host)
            found.append(np.array(host.getNumpyData()))
        return found
