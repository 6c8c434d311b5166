# SPDX-License-Identifier: Apache-2.0
"""LiteRT; XNNPACK is its delegate by default."""
import numpy as np

from .base import Engine


class LiteRT(Engine):
    key = "litert"
    title = "LiteRT"
    distribution = "ai-edge-litert"

    @classmethod
    def convert(cls, tflite, cache):
        return tflite

    @classmethod
    def library(cls):
        import ai_edge_litert.interpreter  # noqa: F401

    def __init__(self, model, threads, inputs):
        from ai_edge_litert.interpreter import Interpreter

        self.interpreter = Interpreter(model_path=str(model), num_threads=threads)
        self.interpreter.allocate_tensors()
        self.run = self.interpreter.invoke

    def set_input(self, index, array):
        detail = self.interpreter.get_input_details()[index]
        self.interpreter.set_tensor(detail["index"], array.reshape(detail["shape"]))

    def outputs(self):
        return [np.array(self.interpreter.get_tensor(d["index"])) for d in self.interpreter.get_output_details()]
