# SPDX-License-Identifier: Apache-2.0
"""to_onnx.py MODEL.tflite OUT.onnx: tf2onnx, and a repair of what no reader of ONNX accepts. Run in a Python with TensorFlow."""
import os
import pathlib
import subprocess
import sys

import onnx


def repair(model):
    """Biases quantized per channel keep the axis they have in .tflite, 3, though they have one dim: 0 is meant."""
    ranks = {tensor.name: len(tensor.dims) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            for attribute in node.attribute:
                if attribute.name == "axis" and ranks.get(node.input[0]) == 1:
                    attribute.i = 0


def main():
    tflite, out = sys.argv[1:]
    draft = pathlib.Path(out + ".draft")
    done = subprocess.run([sys.executable, "-m", "tf2onnx.convert", "--tflite", tflite, "--output", str(draft), "--opset", "18"],
                          env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2", "CUDA_VISIBLE_DEVICES": ""}, check=False)
    if done.returncode == 0:
        model = onnx.load(draft)
        repair(model)
        onnx.save(model, out)
    draft.unlink(missing_ok=True)
    sys.exit(done.returncode)


main()
