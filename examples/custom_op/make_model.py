#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes mish_float.tflite and mish_int8.tflite, small models that name the custom op "Mish".

    pip install ai-edge-litert flatbuffers numpy; python make_model.py
"""
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/conformance"))
from tflite_model import Builder  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def float_model():
    """A layer, then Mish: x [1, 5] -> [1, 13]."""
    random = np.random.default_rng(1)
    b = Builder()
    x = b.tensor("float32", (1, 5))
    weights = b.const(random.normal(0, 1, (13, 5)).astype(np.float32))
    bias = b.const(random.normal(0, 1, 13).astype(np.float32))
    dense, out = b.tensor("float32", (1, 13)), b.tensor("float32", (1, 13))
    b.op("FULLY_CONNECTED", [x, weights, bias], [dense])
    b.op("CUSTOM:Mish", [dense], [out], b"")
    return b.build([x], [out])


def int8_model():
    """Mish alone: q [1, 16, 16] of every int8 there is."""
    b = Builder()
    x, out = b.tensor("int8", (1, 16, 16), 0.05, 3), b.tensor("int8", (1, 16, 16), 0.03, -110)
    b.op("CUSTOM:Mish", [x], [out], b"")
    return b.build([x], [out])


if __name__ == "__main__":
    (HERE / "mish_float.tflite").write_bytes(float_model())
    (HERE / "mish_int8.tflite").write_bytes(int8_model())
