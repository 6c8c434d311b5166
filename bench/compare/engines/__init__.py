# SPDX-License-Identifier: Apache-2.0
"""The peers, in the order of the table."""
from .litert import LiteRT
from .mnn import MNN
from .ncnn import Ncnn
from .onnxruntime import OnnxRuntime
from .openvino import OpenVINO

PEERS = {engine.key: engine for engine in (LiteRT, OnnxRuntime, OpenVINO, Ncnn, MNN)}
