# SPDX-License-Identifier: Apache-2.0
"""ONNX Runtime on its CPU provider; the model goes through tf2onnx (int8 as QuantizeLinear and DequantizeLinear pairs)."""
import convert
import numpy as np

from .base import Engine

DTYPES = {"tensor(float)": np.float32, "tensor(int8)": np.int8, "tensor(uint8)": np.uint8, "tensor(int32)": np.int32,
          "tensor(int64)": np.int64, "tensor(bool)": np.bool_}


class OnnxRuntime(Engine):
    key = "onnxruntime"
    title = "ONNX Runtime"
    distribution = "onnxruntime"

    @classmethod
    def convert(cls, tflite, cache):
        return convert.to_onnx(tflite, cache)

    @classmethod
    def library(cls):
        import onnxruntime  # noqa: F401

    def __init__(self, model, threads, inputs):
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self.session = ort.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.shapes = [i["shape"] for i in inputs]
        self.kept = {}  # a binding does not own its inputs
        self.binding = self.session.io_binding()
        for index, node in enumerate(self.session.get_inputs()):
            self.set_input(index, np.zeros(self.shapes[index], DTYPES[node.type]))
        for node in self.session.get_outputs():
            self.binding.bind_output(node.name, "cpu")

    def set_input(self, index, array):
        node = self.session.get_inputs()[index]
        self.kept[index] = np.ascontiguousarray(array.reshape(self.shapes[index]), DTYPES[node.type])
        self.binding.bind_cpu_input(node.name, self.kept[index])

    def run(self):
        self.session.run_with_iobinding(self.binding)

    def outputs(self):
        return self.binding.copy_outputs_to_cpu()
