# SPDX-License-Identifier: Apache-2.0
"""OpenVINO with its latency hint. It reads .tflite itself, or else what tf2onnx makes of it."""
import convert
import numpy as np

from .base import CannotConvert, Engine


class OpenVINO(Engine):
    key = "openvino"
    title = "OpenVINO"
    distribution = "openvino"

    @classmethod
    def convert(cls, tflite, cache):
        try:
            cache.once(tflite, "openvino-reads", lambda out: convert.python_check(READS, tflite, out))
            return tflite
        except CannotConvert as reason:
            try:
                return convert.to_onnx(tflite, cache)
            except CannotConvert as other:
                raise CannotConvert(f"{reason}; and as ONNX: {other}") from other

    @classmethod
    def library(cls):
        import openvino  # noqa: F401

    def __init__(self, model, threads, inputs):
        import openvino as ov

        network = ov.Core().read_model(str(model))
        if network.is_dynamic():
            network.reshape({node: i["shape"] for node, i in zip(network.inputs, inputs)})
        self.compiled = ov.compile_model(network, "CPU", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads})
        self.request = self.compiled.create_infer_request()
        self.ov, self.kept = ov, {}
        for index, node in enumerate(self.compiled.inputs):
            self.set_input(index, np.zeros(list(node.shape), node.element_type.to_dtype()))

    def set_input(self, index, array):
        node = self.compiled.inputs[index]
        array = array.reshape(list(node.shape)).astype(node.element_type.to_dtype(), copy=False)
        self.kept[index] = self.ov.Tensor(np.ascontiguousarray(array))
        self.request.set_input_tensor(index, self.kept[index])

    def run(self):
        # infer() would also make a dictionary of arrays out of the outputs.
        self.request.start_async()
        self.request.wait()

    def outputs(self):
        return [np.array(self.request.get_output_tensor(i).data) for i in range(len(self.compiled.outputs))]


READS = """
import sys, openvino
network = openvino.Core().read_model(sys.argv[1])
for node in network.inputs:
    if node.partial_shape.is_dynamic:
        network.reshape({node: [1 if d.is_dynamic else d.get_length() for d in node.partial_shape]})
openvino.compile_model(network, "CPU")
"""
