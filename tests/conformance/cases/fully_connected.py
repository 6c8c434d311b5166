# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from tables import ACTIVATIONS, ZEROS, channel_scales, weights

# name: input, weights, options, output
SHAPES = {
    "plain": ((2, 8), (5, 8), dict(), (2, 5)),
    "odd": ((3, 13), (7, 13), dict(), (3, 7)),
    "one_in": ((4, 1), (3, 1), dict(), (4, 3)),
    "one_out": ((4, 9), (1, 9), dict(), (4, 1)),
    "one": ((1, 1), (1, 1), dict(), (1, 1)),
    "long": ((1, 260), (3, 260), dict(), (1, 3)),
    "flattens": ((2, 2, 3, 2), (5, 12), dict(), (2, 5)),
    "rank1": ((6,), (4, 6), dict(), (1, 4)),
    "keep_dims": ((2, 3, 6), (4, 6), dict(keepNumDims=True), (2, 3, 4)),
    "keep_dims4": ((2, 1, 3, 6), (4, 6), dict(keepNumDims=True), (2, 1, 3, 4)),
}


def quantized(name, dtype, shape, scale_w, zp_w=0, act="NONE", bias=True, zero_in=None, zero_out=None, scale_out=0.05):
    x, w, options, y = SHAPES[shape]
    zeros = ZEROS[dtype]
    zero_in = zeros[1] + 3 if zero_in is None else zero_in
    zero_out = zeros[1] - 5 if zero_out is None else zero_out
    kernel = weights(dtype, w, name, scale=scale_w, zp=zp_w, low=-127 if dtype == "int8" else None)
    offsets = (
        weights("int32", (w[0],), name + "b", scale=np.asarray(scale_w) * 0.03, zp=0, low=-4000, high=4000)
        if bias
        else const(None)
    )
    return Case(
        name,
        "FULLY_CONNECTED",
        [t(dtype, x, scale=0.03, zp=zero_in), kernel, offsets],
        [out(dtype, y, scale=scale_out, zp=zero_out)],
        dict(options, fusedActivationFunction=act),
    )


def float_case(name, shape, act="NONE", bias=True, low=-1.0):
    x, w, options, y = SHAPES[shape]
    offsets = weights("float32", (w[0],), name + "b") if bias else const(None)
    return Case(
        name,
        "FULLY_CONNECTED",
        [t("float32", x, low=low), weights("float32", w, name), offsets],
        [out("float32", y)],
        dict(options, fusedActivationFunction=act),
    )


def hybrid(name, shape, asymmetric, scale=0.01, bias=True, values=None):
    x, w, options, y = SHAPES[shape]
    kernel = weights("int8", w, name, scale=scale, zp=0, low=-127)
    offsets = weights("float32", (w[0],), name + "b") if bias else const(None)
    return Case(
        name,
        "FULLY_CONNECTED",
        [t("float32", x, low=-2, high=3, values=values), kernel, offsets],
        [out("float32", y)],
        dict(options, asymmetricQuantizeInputs=asymmetric),
    )


def half_weights(b):
    x = b.add(t("float32", (3, 10)))
    w = b.add(weights("float16", (4, 10), "half"))
    w32 = b.tensor("float32", (4, 10))
    y = b.add(out("float32", (3, 4)))
    b.op("DEQUANTIZE", [w], [w32])
    b.op("FULLY_CONNECTED", [x, w32, -1], [y])


def int16(name, window, act="NONE", bias="int64"):
    x, w, options, y = SHAPES[window]
    scales = channel_scales(w[0], name)
    kernel = weights("int8", w, name, scale=scales, zp=0, low=-127)
    offsets = weights(bias, (w[0],), name + "b", scale=scales * 3e-4, zp=0, low=-400000, high=400000)
    inputs, outputs = [t("int16", x, scale=3e-4, zp=0), kernel, offsets], [out("int16", y, scale=4e-4, zp=0)]
    return Case(name, "FULLY_CONNECTED", inputs, outputs, dict(options, fusedActivationFunction=act))


def int4(name, window, act="NONE"):
    x, w, options, y = SHAPES[window]
    scales = channel_scales(w[0], name, 0.05, 0.2)
    kernel = weights("int4", w, name, scale=scales, zp=0, low=-7)
    offsets = weights("int32", (w[0],), name + "b", scale=scales * 0.03, zp=0, low=-400, high=400)
    inputs, outputs = [t("int8", x, scale=0.03, zp=5), kernel, offsets], [out("int8", y, scale=0.05, zp=-9)]
    return Case(name, "FULLY_CONNECTED", inputs, outputs, dict(options, fusedActivationFunction=act))


def hybrid4(name, window):
    x, w, options, y = SHAPES[window]
    kernel = weights("int4", w, name, scale=channel_scales(w[0], name, 0.05, 0.2), zp=0, low=-7)
    inputs = [t("float32", x, low=-2, high=3), kernel, weights("float32", (w[0],), name + "b")]
    return Case(name, "FULLY_CONNECTED", inputs, [out("float32", y)], options)


def cases():
    for shape, (_, w, _, _) in SHAPES.items():
        yield float_case(f"f32_{shape}", shape)
        yield quantized(f"int8_{shape}", "int8", shape, 0.008)
        yield quantized(f"int8_channels_{shape}", "int8", shape, channel_scales(w[0], shape))
        yield quantized(f"uint8_{shape}", "uint8", shape, 0.006, zp_w=119)
        yield hybrid(f"hybrid_{shape}", shape, asymmetric=False)
        yield hybrid(f"hybrid_asymmetric_{shape}", shape, asymmetric=True)
    for act in ACTIVATIONS:
        yield float_case(f"f32_{act}", "odd", act, low=-8)
        for dtype, zeros in ZEROS.items():
            for zero in (zeros[0], zeros[2]):
                yield quantized(
                    f"{dtype}_{act}_zero{zero}",
                    dtype,
                    "odd",
                    0.01,
                    zp_w=0 if dtype == "int8" else 131,
                    act=act,
                    zero_in=zero,
                    zero_out=zeros[0] + zeros[2] - zero,
                )
    yield float_case("f32_no_bias", "odd", bias=False)
    yield quantized("int8_no_bias", "int8", "odd", 0.01, bias=False)
    yield quantized("uint8_no_bias", "uint8", "odd", 0.01, zp_w=100, bias=False)
    yield quantized("int8_saturates", "int8", "odd", 0.3)
    yield hybrid("hybrid_no_bias", "odd", asymmetric=False, bias=False)
    yield hybrid("hybrid_channels", "odd", asymmetric=False, scale=channel_scales(7, "hybrid"))
    yield hybrid("hybrid_zero_row", "odd", asymmetric=False, values=np.outer([0, 1, -1], np.linspace(0.5, 2, 13)))
    yield Case(
        "f32_runtime_weights",
        "FULLY_CONNECTED",
        [t("float32", (3, 6)), t("float32", (4, 6)), t("float32", (4,))],
        [out("float32", (3, 4))],
    )
    yield Case("f32_weights_from_float16", "FULLY_CONNECTED", model=half_weights)
    for window in ("plain", "odd", "long", "keep_dims"):
        yield int16(f"int16_{window}", window)
        yield int4(f"int4_{window}", window)
    yield int16("int16_RELU", "odd", "RELU")
    yield int4("int4_RELU6", "odd", "RELU6")
    for window in ("plain", "long", "flattens"):
        yield hybrid4(f"hybrid4_{window}", window)
