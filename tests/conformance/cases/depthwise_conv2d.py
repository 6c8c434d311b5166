# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, out, t
from tables import ACTIVATIONS, ZEROS, channel_scales, weights, without_bias

# name: input, weights, options, output
WINDOWS = {
    "3x3_same": ((1, 6, 5, 3), (1, 3, 3, 3), dict(), (1, 6, 5, 3)),
    "3x3_valid": ((1, 6, 5, 5), (1, 3, 3, 5), dict(padding="VALID"), (1, 4, 3, 5)),
    "3x3_stride2_even": ((1, 8, 8, 2), (1, 3, 3, 2), dict(strideH=2, strideW=2), (1, 4, 4, 2)),
    "3x3_stride2_odd": ((1, 7, 7, 2), (1, 3, 3, 2), dict(strideH=2, strideW=2), (1, 4, 4, 2)),
    "5x5": ((1, 7, 6, 4), (1, 5, 5, 4), dict(), (1, 7, 6, 4)),
    "1x1": ((2, 3, 3, 7), (1, 1, 1, 7), dict(), (2, 3, 3, 7)),
    "multiplier2": ((1, 5, 5, 3), (1, 3, 3, 6), dict(depthMultiplier=2), (1, 5, 5, 6)),
    "multiplier8_of1": ((1, 6, 6, 1), (1, 4, 3, 8), dict(depthMultiplier=8), (1, 6, 6, 8)),
    "dilated": ((1, 9, 9, 2), (1, 3, 3, 2), dict(dilationHFactor=2, dilationWFactor=3), (1, 9, 9, 2)),
    "dilated_valid": ((1, 9, 9, 3), (1, 3, 2, 3), dict(padding="VALID", dilationHFactor=3, dilationWFactor=4), (1, 3, 5, 3)),
    "2x4_strides": ((1, 6, 9, 2), (1, 2, 4, 2), dict(strideH=1, strideW=2), (1, 6, 5, 2)),
    "wider_than_input": ((1, 2, 2, 3), (1, 5, 5, 3), dict(), (1, 2, 2, 3)),
    "whole": ((2, 4, 3, 5), (1, 4, 3, 5), dict(padding="VALID"), (2, 1, 1, 5)),
    "row": ((1, 1, 12, 5), (1, 1, 3, 5), dict(), (1, 1, 12, 5)),
    "channels19": ((1, 3, 3, 19), (1, 3, 3, 19), dict(), (1, 3, 3, 19)),
    "channels40": ((1, 3, 2, 40), (1, 3, 3, 40), dict(), (1, 3, 2, 40)),
}


def quantized(name, dtype, window, scale_w, zp_w=0, act="NONE", zero_in=None, zero_out=None, scale_out=0.05):
    x, w, options, y = WINDOWS[window]
    zeros = ZEROS[dtype]
    zero_in = zeros[1] + 3 if zero_in is None else zero_in
    zero_out = zeros[1] - 5 if zero_out is None else zero_out
    kernel = weights(dtype, w, name, scale=scale_w, zp=zp_w, axis=3, low=-127 if dtype == "int8" else None)
    offsets = weights("int32", (w[3],), name + "b", scale=np.asarray(scale_w) * 0.03, zp=0, low=-4000, high=4000)
    return Case(
        name,
        "DEPTHWISE_CONV_2D",
        [t(dtype, x, scale=0.03, zp=zero_in), kernel, offsets],
        [out(dtype, y, scale=scale_out, zp=zero_out)],
        dict(options, fusedActivationFunction=act),
    )


def float_case(name, window, act="NONE", low=-1.0):
    x, w, options, y = WINDOWS[window]
    offsets = weights("float32", (w[3],), name + "b")
    return Case(
        name,
        "DEPTHWISE_CONV_2D",
        [t("float32", x, low=low), weights("float32", w, name), offsets],
        [out("float32", y)],
        dict(options, fusedActivationFunction=act),
    )


def hybrid(name, window):
    x, w, options, y = WINDOWS[window]
    kernel = weights("int8", w, name, scale=channel_scales(w[3], name), zp=0, axis=3, low=-127)
    return Case(
        name,
        "DEPTHWISE_CONV_2D",
        [t("float32", x, low=-2, high=3), kernel, weights("float32", (w[3],), name + "b")],
        [out("float32", y)],
        options,
    )


def int16(name, window, act="NONE", bias="int64"):
    x, w, options, y = WINDOWS[window]
    scales = channel_scales(w[3], name)
    kernel = weights("int8", w, name, scale=scales, zp=0, axis=3, low=-127)
    offsets = weights(bias, (w[3],), name + "b", scale=scales * 3e-4, zp=0, low=-400000, high=400000)
    inputs, outputs = [t("int16", x, scale=3e-4, zp=0), kernel, offsets], [out("int16", y, scale=4e-4, zp=0)]
    return Case(name, "DEPTHWISE_CONV_2D", inputs, outputs, dict(options, fusedActivationFunction=act))


def int4(name, window, act="NONE"):
    x, w, options, y = WINDOWS[window]
    scales = channel_scales(w[3], name, 0.05, 0.2)
    kernel = weights("int4", w, name, scale=scales, zp=0, axis=3, low=-7)
    offsets = weights("int32", (w[3],), name + "b", scale=scales * 0.03, zp=0, low=-400, high=400)
    inputs, outputs = [t("int8", x, scale=0.03, zp=5), kernel, offsets], [out("int8", y, scale=0.05, zp=-9)]
    return Case(name, "DEPTHWISE_CONV_2D", inputs, outputs, dict(options, fusedActivationFunction=act))


def cases():
    for window, (_, w, _, _) in WINDOWS.items():
        yield float_case(f"f32_{window}", window)
        yield quantized(f"int8_{window}", "int8", window, channel_scales(w[3], window))
        yield quantized(f"uint8_{window}", "uint8", window, 0.006, zp_w=119)
        yield hybrid(f"hybrid_{window}", window)
    for act in ACTIVATIONS:
        yield float_case(f"f32_{act}", "multiplier2", act, low=-8)
        for dtype, zeros in ZEROS.items():
            for zero in (zeros[0], zeros[2]):
                yield quantized(
                    f"{dtype}_{act}_zero{zero}",
                    dtype,
                    "multiplier2",
                    0.01,
                    zp_w=0 if dtype == "int8" else 131,
                    act=act,
                    zero_in=zero,
                    zero_out=zeros[0] + zeros[2] - zero,
                )
    yield without_bias(float_case("f32_no_bias", "3x3_same"))
    yield without_bias(quantized("int8_no_bias", "int8", "3x3_same", channel_scales(3, "nb")))
    yield without_bias(quantized("uint8_no_bias", "uint8", "3x3_same", 0.01, zp_w=100))
    yield quantized("int8_tiny_scale", "int8", "3x3_same", 1e-6)
    yield quantized("int8_saturates", "int8", "3x3_same", 0.3)
    for window in ("3x3_same", "3x3_stride2_odd", "multiplier2"):
        yield int16(f"int16_{window}", window)
        yield int4(f"int4_{window}", window)
    yield int16("int16_RELU", "3x3_stride2_odd", "RELU")
    yield int4("int4_RELU6", "3x3_stride2_odd", "RELU6")
