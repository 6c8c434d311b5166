# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


def stacker(left, right, step):
    """All rows since the first call. TFLite Micro agrees where it is valid, and repeats the last output between."""
    rows = []
    dropped = 0

    def run(inputs):
        nonlocal dropped
        rows.extend([inputs[0]] * (1 if rows else left + 1))
        stack = rows[dropped:]
        valid = len(stack) == left + 1 + right
        if valid:
            dropped += step
        size = inputs[0].size * (left + 1 + right)
        return [np.concatenate(stack) if valid else np.zeros(size, np.int16), np.array(valid)]

    return run


def case(left, right, step, channels=3, oracle=None):
    name = f"left_{left}_right_{right}_step_{step}" + ("_tflm" if oracle else "")
    return Case(name, "CUSTOM:SignalStacker", [t("int16", (channels,))],
                [out("int16", (channels * (left + 1 + right),)), out("bool", ())],
                options=dict(num_channels=channels, stacker_left_context=left, stacker_right_context=right, stacker_step=step),
                steps=8, oracle=oracle or stacker(left, right, step), tolerance=0)


def cases():
    yield case(2, 0, 1, oracle="tflm")  # valid in every step
    for left, right, step in ((1, 1, 1), (2, 0, 3), (1, 1, 3), (0, 2, 2), (3, 1, 2), (0, 0, 1)):
        yield case(left, right, step)
