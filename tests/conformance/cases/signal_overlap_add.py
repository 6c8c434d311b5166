# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t

TYPES = {"int16": 7, "float32": 0}  # numbers of the schema's TensorType


def cases():
    for dtype, number in TYPES.items():
        for rows, frames, size, step in ((1, 1, 4, 2), (1, 3, 4, 2), (2, 2, 5, 3), (1, 2, 6, 1), (1, 2, 4, 4)):
            yield Case(f"{dtype}_{rows}x{frames}x{size}_by_{step}", "CUSTOM:SignalOverlapAdd", [t(dtype, (rows, frames, size))],
                       [out(dtype, (rows, frames * step))], options=dict(T=number, frame_step=step), steps=4, oracle="tflm",
                       tolerance=0 if dtype == "int16" else None)
