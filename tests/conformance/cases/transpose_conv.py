# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from tables import ACTIVATIONS, ZEROS, channel_scales, weights

# name: input, weights, options, output
WINDOWS = {
    "2x2_stride2": ((1, 3, 4, 5), (3, 2, 2, 5), dict(strideH=2, strideW=2, padding="VALID"), (1, 6, 8, 3)),
    "3x3_stride2_same": ((1, 4, 3, 2), (3, 3, 3, 2), dict(strideH=2, strideW=2), (1, 8, 6, 3)),
    "3x3_stride2_odd": ((1, 4, 4, 2), (3, 3, 3, 2), dict(strideH=2, strideW=2), (1, 7, 7, 3)),
    "3x3_stride2_valid": ((2, 3, 3, 3), (2, 3, 3, 3), dict(strideH=2, strideW=2, padding="VALID"), (2, 7, 7, 2)),
    "3x3_stride1": ((1, 4, 5, 3), (4, 3, 3, 3), dict(), (1, 4, 5, 4)),
    "4x3_strides": ((1, 3, 4, 2), (2, 4, 3, 2), dict(strideH=3, strideW=2, padding="VALID"), (1, 10, 9, 2)),
    "1x1": ((1, 3, 3, 4), (5, 1, 1, 4), dict(padding="VALID"), (1, 3, 3, 5)),
    "gaps": ((1, 3, 3, 2), (3, 2, 2, 2), dict(strideH=3, strideW=3), (1, 9, 9, 3)),
    "channels17": ((1, 2, 2, 17), (3, 2, 2, 17), dict(strideH=2, strideW=2, padding="VALID"), (1, 4, 4, 3)),
    "one_pixel": ((1, 1, 1, 3), (2, 4, 5, 3), dict(padding="VALID"), (1, 4, 5, 2)),
}


def case(name, window, x, kernel, offsets, y, act="NONE"):
    options = dict(WINDOWS[window][2], fusedActivationFunction=act)
    shape = const(np.array(WINDOWS[window][3], np.int32))
    return Case(name, "TRANSPOSE_CONV", [shape, kernel, x] + ([offsets] if offsets else []), [y], options)


def quantized(name, dtype, window, scale_w, zp_w=0, act="NONE", bias=True, zero_in=None, zero_out=None):
    x, w, _, y = WINDOWS[window]
    zeros = ZEROS[dtype]
    zero_in = zeros[1] + 3 if zero_in is None else zero_in
    zero_out = zeros[1] - 5 if zero_out is None else zero_out
    kernel = weights(dtype, w, name, scale=scale_w, zp=zp_w, low=-127 if dtype == "int8" else None)
    offsets = weights("int32", (w[0],), name + "b", scale=np.asarray(scale_w) * 0.03, zp=0, low=-4000, high=4000)
    x, y = t(dtype, x, scale=0.03, zp=zero_in), out(dtype, y, scale=0.05, zp=zero_out)
    return case(name, window, x, kernel, offsets if bias else None, y, act)


def int16(name, window, act="NONE"):
    x, w, _, y = WINDOWS[window]
    scales = channel_scales(w[0], name)
    kernel = weights("int8", w, name, scale=scales, zp=0, low=-127)
    offsets = weights("int64", (w[0],), name + "b", scale=scales * 3e-4, zp=0, low=-400000, high=400000)
    return case(name, window, t("int16", x, scale=3e-4, zp=0), kernel, offsets, out("int16", y, scale=4e-4, zp=0), act)


def float_case(name, window, act="NONE", bias=True):
    x, w, _, y = WINDOWS[window]
    offsets = weights("float32", (w[0],), name + "b") if bias else None
    return case(name, window, t("float32", x), weights("float32", w, name), offsets, out("float32", y), act)


def hybrid(name, window, per_channel):
    x, w, _, y = WINDOWS[window]
    scale = channel_scales(w[0], name) if per_channel else 0.01
    kernel = weights("int8", w, name, scale=scale, zp=0, low=-127)
    offsets = weights("float32", (w[0],), name + "b")
    return case(name, window, t("float32", x, low=-2, high=3), kernel, offsets, out("float32", y))


def cases():
    for window, (_, w, _, _) in WINDOWS.items():
        yield float_case(f"f32_{window}", window)
        yield quantized(f"s8_{window}", "int8", window, channel_scales(w[0], window))
        yield quantized(f"u8_{window}", "uint8", window, 0.01, zp_w=120)
    for act in ACTIVATIONS[1:]:
        yield float_case(f"f32_{act.lower()}", "3x3_stride2_same", act)
        yield quantized(f"s8_{act.lower()}", "int8", "3x3_stride2_same", 0.01, act=act)
    for dtype, zeros in ZEROS.items():
        for zero in zeros[::2]:
            yield quantized(f"{dtype}_zero{zero}", dtype, "3x3_stride2_valid", 0.01, zero_in=zero, zero_out=zeros[0] - zero + zeros[2])
    yield float_case("f32_no_bias", "3x3_stride2_same", bias=False)
    yield quantized("s8_no_bias", "int8", "3x3_stride2_same", 0.01, bias=False)
    for window in ("3x3_stride2_same", "4x3_strides", "channels17"):
        yield int16(f"s16_{window}", window)
        yield hybrid(f"hybrid_{window}", window, True)
    yield int16("s16_relu", "3x3_stride2_odd", "RELU")
    yield hybrid("hybrid_batch", "3x3_stride2_valid", False)
    # MediaPipe's custom op: padding (1 SAME, 2 VALID), stride of w, of h.
    for name, padding, stride, filters, size in (
        ("same", 1, (2, 2), (2, 2), (8, 10)), ("same_3x3", 1, (2, 2), (3, 3), (8, 10)), ("valid", 2, (1, 2), (3, 2), (10, 6)),
    ):
        yield Case(f"mediapipe_{name}", "CUSTOM:Convolution2DTransposeBias",
                   inputs=[t("float32", (1, 4, 5, 3)), const(np.random.default_rng(4).uniform(-1, 1, (2, *filters, 3)).astype(np.float32)),
                           const(np.array([0.5, -1], np.float32))],
                   outputs=[out("float32", (1, *size, 2))], options=np.array([padding, *stride], np.int32).tobytes())
