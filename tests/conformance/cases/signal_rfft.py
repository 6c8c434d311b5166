# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t

TYPES = {"int16": 7, "int32": 2, "float32": 0}  # numbers of the schema's TensorType


def case(dtype, length, count, **limits):
    name = f"{dtype}_{length}_of_{count}" + ("_quiet" if limits else "")
    return Case(name, "CUSTOM:SignalRfft", [t(dtype, (count,), **limits)], [out(dtype, (length + 2,))],
                options=dict(T=TYPES[dtype], fft_length=length), oracle="tflm", tolerance=None if dtype == "float32" else 0)


def cases():
    for dtype in TYPES:
        for length, count in ((16, 16), (32, 32), (64, 64), (128, 128), (64, 50), (256, 200)):
            yield case(dtype, length, count)
    yield case("int16", 512, 480)
    yield case("int16", 64, 64, low=-100, high=100)
