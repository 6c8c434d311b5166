# SPDX-License-Identifier: Apache-2.0
from conformance import Case, out, t


def case(name, high, channels=12, **more):
    options = dict(num_channels=channels, smoothing=409, one_minus_smoothing=15975, alternate_smoothing=983,
                   alternate_one_minus_smoothing=15401, smoothing_bits=10, min_signal_remaining=819, clamping=False,
                   spectral_subtraction_bits=14)
    return Case(name, "CUSTOM:SignalFilterBankSpectralSubtraction", [t("uint32", (channels,), low=0, high=high)],
                [out("uint32", (channels,)), out("uint32", (channels,))], options={**options, **more}, steps=5,
                oracle="tflm", tolerance=0)


def cases():
    yield case("quiet", 1000)
    yield case("usual", 2**20)
    yield case("loud", 2**32 - 1)
    yield case("clamped", 2**20, clamping=True)
    yield case("clamped_quick", 2**16, clamping=True, smoothing=8000, one_minus_smoothing=8384)
    yield case("one_channel", 2**16, channels=1)
    yield case("other_bits", 2**16, smoothing_bits=4, spectral_subtraction_bits=12)
