# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t


def framer(size, step, frames):
    """A stream since the first call. TFLite Micro agrees where it is valid, and leaves garbage before."""
    stream = []

    def run(inputs):
        stream.append(inputs[0])
        samples = np.concatenate(stream, -1)
        count, span = step * frames, size + step * (frames - 1)
        calls = samples.shape[-1] // count
        silent = -(-span // count) - 1  # calls before the first frames
        result = np.zeros(samples.shape[:-1] + (frames, size), np.int16)
        if calls <= silent:
            return [result, np.array(False)]
        start = (calls - silent - 1) * count
        for k in range(frames):
            result[..., k, :] = samples[..., start + k * step: start + k * step + size]
        return [result, np.array(True)]

    return run


def case(name, rows, size, step, frames, prefill):
    return Case(name, "CUSTOM:SignalFramer", [t("int16", (rows, step * frames))],
                [out("int16", (rows, frames, size)), out("bool", ())],
                options=dict(frame_size=size, frame_step=step, prefill=prefill), steps=6,
                oracle="tflm" if prefill else framer(size, step, frames), tolerance=0)


def cases():
    yield case("prefilled", 1, 5, 2, 1, True)
    yield case("prefilled_two_frames", 1, 5, 2, 2, True)
    yield case("prefilled_rows", 2, 6, 3, 2, True)
    yield case("no_overlap", 1, 4, 4, 2, True)
    yield case("empty_at_first", 1, 5, 2, 1, False)
    yield case("empty_at_first_two_frames", 1, 5, 2, 2, False)
    yield case("empty_at_first_rows", 2, 7, 3, 1, False)
