# SPDX-License-Identifier: Apache-2.0
"""ncnn; the model goes through tf2onnx and pnnx, which keep floats only."""
import convert
import numpy as np

from .base import CannotConvert, Engine


class Ncnn(Engine):
    key = "ncnn"
    title = "ncnn"
    distribution = "ncnn"

    @classmethod
    def convert(cls, tflite, cache):
        onnx = convert.to_onnx(tflite, cache)
        if convert.is_quantized(onnx):
            raise CannotConvert("pnnx drops the quantization of ONNX models")
        return cache.once(tflite, "ncnn.param", lambda out: convert.pnnx(onnx, out))

    @classmethod
    def library(cls):
        import ncnn  # noqa: F401

    def __init__(self, model, threads, inputs):
        import ncnn

        self.ncnn = ncnn
        self.net = ncnn.Net()
        self.net.opt.num_threads = threads
        if self.net.load_param(str(model)) != 0 or self.net.load_model(str(model).replace(".ncnn.param", ".ncnn.bin")) != 0:
            raise RuntimeError("ncnn does not load what pnnx wrote")
        self.mats = [None] * len(inputs)
        for index, i in enumerate(inputs):
            self.set_input(index, np.zeros(i["shape"], np.float32))

    def set_input(self, index, array):
        # pnnx leaves the batch out.
        self.mats[index] = self.ncnn.Mat(np.ascontiguousarray(array[0], np.float32)).clone()

    def run(self):
        extractor = self.net.create_extractor()
        for index, mat in enumerate(self.mats):
            extractor.input(f"in{index}", mat)
        self.results = []
        for name in self.net.output_names():
            code, mat = extractor.extract(name)
            if code != 0:
                raise RuntimeError(f"ncnn: extracting {name} failed ({code})")
            self.results.append(mat)

    def outputs(self):
        return [np.array(mat) for mat in self.results]
