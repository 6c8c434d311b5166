# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t

TYPES = {"int16": 7, "int32": 2, "float32": 0}  # numbers of the schema's TensorType


def cases():
    for dtype, number in TYPES.items():
        for length in (16, 32, 64, 128, 256):
            yield Case(f"{dtype}_{length}", "CUSTOM:SignalIrfft", [t(dtype, (length + 2,))], [out(dtype, (length,))],
                       options=dict(T=number, fft_length=length), oracle="tflm", tolerance=None if dtype == "float32" else 0)
