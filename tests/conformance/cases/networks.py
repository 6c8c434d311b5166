# SPDX-License-Identifier: Apache-2.0
"""Small networks of the shapes that people deploy: what counts is how ops meet, not what one op does."""

import numpy as np
import oracle
from conformance import Case
from nets import VALID, Net


def squeeze_excite(n):
    """Inverted residual with squeeze and excitation and hard swish, then a classifier."""
    x = n.input((1, 9, 9, 3))
    x = n.conv(x, 3, 6, 3, 2)
    curve = "RELU6" if n.dtype == "int16" else "HARD_SWISH"  # TFLite has no int16 HARD_SWISH
    y = n.op(curve, [n.conv(x, 6, 12)])
    y = n.op(curve, [n.depthwise(y, 12, 5)])
    s = n.mean(y, [1, 2])
    s = n.conv(s, 12, 4, act="RELU", span=(0.0, 2.0))
    s = n.conv(s, 4, 12)
    if n.dtype in ("float32", "int8"):  # hard sigmoid as converters write it: relu6(x + 3) / 6
        s = n.add(s, n.const([3.0]), "RELU6", (0.0, 6.0))
        s = n.mul(s, n.const([1 / 6]), (0.0, 1.0))
    else:
        s = n.logistic(s)
    y = n.conv(n.mul(y, s), 12, 6)
    x = n.add(x, y)
    x = n.mean(x, [1, 2], False)
    n.output(n.softmax(n.dense(x, 6, 5)))


def detector(n):
    """Two levels of a feature pyramid, each with a head of boxes and scores."""
    x = n.input((1, 12, 12, 3))
    c1 = n.conv(x, 3, 6, 3, 2, "RELU6", span=(0.0, 6.0))
    c2 = n.conv(c1, 6, 8, 3, 2, "RELU6", span=(0.0, 6.0))
    top = n.conv(c2, 8, 6)
    up = n.op("RESIZE_NEAREST_NEIGHBOR", [top, n.ints([6, 6])], like=top)
    low = n.add(n.conv(c1, 6, 6), up)
    boxes, scores = [], []
    for level, cells in ((low, 36), (top, 9)):
        h = n.depthwise(level, 6, 3, act="RELU", span=(0.0, 3.0))
        boxes.append(n.reshape(n.conv(h, 6, 8), [1, cells * 2, 4]))
        scores.append(n.reshape(n.conv(h, 6, 6), [1, -1, 3]))
    n.output(n.concat(boxes, 1))
    n.output(n.logistic(n.concat(scores, 1)))


def focus(n):
    """The slicing stem of YOLO, a concat of strided pools (SPP), leaky activations, and the decoding of boxes."""
    x = n.input((1, 8, 8, 3), 0.0, 1.0)
    parts = []
    for h in (0, 1):
        for w in (0, 1):
            lists = [n.ints(v) for v in ([0, h, w, 0], [1, 8, 8, 3], [1, 2, 2, 1])]
            parts.append(n.op("STRIDED_SLICE", [x] + lists, dict(beginMask=9, endMask=15), like=x))
    x = n.concat(parts, 3, (0.0, 1.0))
    x = n.op("LEAKY_RELU", [n.conv(x, 12, 6, 3)], dict(alpha=0.1))
    pools = [n.op("MAX_POOL_2D", [x], dict(padding="SAME", filterHeight=k, filterWidth=k, strideH=1, strideW=1), like=x) for k in (3, 5)]
    x = n.concat([x] + pools, 3)
    x = n.logistic(n.reshape(n.conv(x, 18, 10), [1, 16, 2, 5]))
    xy = n.op("STRIDED_SLICE", [x] + [n.ints(v) for v in ([0, 0, 0, 0], [0, 0, 0, 2], [1, 1, 1, 1])], dict(beginMask=15, endMask=7), like=x)
    wh = n.op("SLICE", [x, n.ints([0, 0, 0, 2]), n.ints([-1, -1, -1, 2])], like=x)
    rest = n.op("SLICE", [x, n.ints([0, 0, 0, 4]), n.ints([-1, -1, -1, -1])], like=x)
    grid = n.const(np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0)), -1).reshape(1, 16, 1, 2), (0.0, 4.0))
    xy = n.add(n.mul(xy, n.const([2.0], (0.0, 2.0)), (0.0, 2.0)), grid, span=(0.0, 6.0))
    wh = n.mul(n.mul(wh, wh, (0.0, 1.0)), n.const([[[[4.0, 3.0]], ]], (0.0, 4.0)), (0.0, 6.0))
    n.output(n.reshape(n.concat([xy, wh, n.mul(rest, n.const([1.0], (0.0, 1.0)), (0.0, 6.0))], 3, (0.0, 6.0)), [1, 32, 5]))


def pose(n):
    """Heat maps, where each has its peak, and the offsets found there."""
    x = n.input((1, 8, 8, 3))
    x = n.op("MIRROR_PAD", [x, n.ints([[0, 0], [1, 1], [1, 1], [0, 0]])], dict(mode="REFLECT"), like=x)
    x = n.conv(x, 3, 6, 3, 2, "RELU", VALID, (0.0, 3.0))
    heat, offsets = n.conv(x, 6, 4), n.conv(x, 6, 8)
    n.output(n.logistic(heat))
    flat = n.reshape(heat, [16, 4])
    at = n.op("ARG_MAX", [flat, n.ints(0)], dict(outputType="INT32"), dtype="int32")
    column = n.op("RESHAPE", [at, n.ints([4, 1])], dict(newShape=[4, 1]), dtype="int32")
    n.output(n.op("GATHER_ND", [n.reshape(offsets, [16, 8]), column], like=offsets))
    width = n.ints(4)
    rows = n.op("FLOOR_DIV", [column, width], dtype="int32")
    cols = n.op("FLOOR_MOD", [column, width], dtype="int32")
    n.output(n.op("CONCATENATION", [rows, cols], dict(axis=1), dtype="int32"))


def unet(n):
    """Down, up by transposed convolution, skips, and a class per pixel."""
    x = n.input((1, 8, 8, 3))
    span = (-2.0, 3.0)  # of all that concatenations join
    a = n.conv(x, 3, 4, 3, 1, "RELU", span=span)
    b = n.op("MAX_POOL_2D", [a], dict(padding="VALID", filterHeight=2, filterWidth=2, strideH=2, strideW=2), like=a)
    b = n.conv(b, 4, 6, 3, 1, "RELU", span=span)
    c = n.op("AVERAGE_POOL_2D", [b], dict(padding="VALID", filterHeight=2, filterWidth=2, strideH=2, strideW=2), like=b)
    c = n.conv(c, 6, 8, 3, 1, "RELU", span=(0.0, 3.0))
    y = n.concat([n.up_conv(c, 8, 6, 3, 4, 4, span=span), b], span=span)
    y = n.concat([n.up_conv(y, 12, 4, 2, 8, 8, span=span), a], span=span)
    y = n.op("RESIZE_BILINEAR", [n.conv(y, 8, 3), n.ints([11, 11])], dict(halfPixelCenters=True), like=None)
    n.output(y)


def style(n):
    """Style transfer: reflected borders, instance normalization written out, nearest upsampling."""

    def normalize(x, c):
        mean = n.mean(x, [1, 2])
        variance = n.mean(n.op("SQUARED_DIFFERENCE", [x, mean], span=(0.0, 6.0)), [1, 2], span=(0.0, 4.0))
        scale = n.op("RSQRT", [n.add(variance, n.const([0.001]), span=(0.0, 4.0))], span=(0.0, 8.0))
        scale = n.mul(scale, n.const(n.floats((1, 1, 1, c), 0.5, 1.5)), (0.0, 8.0))
        return n.add(n.mul(n.sub(x, mean), scale), n.const(n.floats((c,), -0.2, 0.2)))

    x = n.input((1, 8, 8, 3))
    pads = [[0, 0], [2, 2], [2, 2], [0, 0]]
    y = n.op("MIRROR_PAD", [x, n.ints(pads)], dict(mode="REFLECT"), like=x)
    y = n.op("RELU", [normalize(n.conv(y, 3, 4, 5, 2, pad=VALID), 4)])
    z = n.op("MIRROR_PAD", [y, n.ints([[0, 0], [1, 1], [1, 1], [0, 0]])], dict(mode="SYMMETRIC"), like=y)
    y = n.add(y, normalize(n.conv(z, 4, 4, 3, pad=VALID), 4))
    y = n.op("RESIZE_NEAREST_NEIGHBOR", [y, n.ints([8, 8])], dict(halfPixelCenters=True), like=y)
    y = n.op("TANH", [n.conv(y, 4, 3, 3)])
    n.output(n.mul(n.add(y, n.const([1.0])), n.const([127.5])))


def transformer(n):
    """One block: layer norm written out, two heads of attention, a gelu network."""
    tokens, width, heads = 6, 8, 2

    def layer_norm(x):
        centered = n.sub(x, n.mean(x, [-1]))
        variance = n.mean(n.mul(centered, centered, (0.0, 6.0)), [2], span=(0.0, 4.0))
        scale = n.op("RSQRT", [n.add(variance, n.const([1e-5]), span=(0.0, 4.0))], span=(0.0, 8.0))
        y = n.mul(n.mul(centered, scale), n.const(n.floats((width,), 0.5, 1.5)))
        return n.add(y, n.const(n.floats((width,), -0.2, 0.2)))

    x = n.input((1, tokens, width))
    y = layer_norm(x)
    split = [n.transpose(n.reshape(n.dense(y, width, width, keep=True), [1, tokens, heads, 4]), [0, 2, 1, 3]) for _ in range(3)]
    scores = n.op("BATCH_MATMUL", split[:2], dict(adjY=True), (-4.0, 4.0))
    scores = n.softmax(n.mul(scores, n.const([0.5])))
    y = n.op("BATCH_MATMUL", [scores, split[2]])
    y = n.dense(n.reshape(n.transpose(y, [0, 2, 1, 3]), [1, tokens, width]), width, width, keep=True)
    x = n.add(x, y)
    y = n.op("GELU", [n.dense(layer_norm(x), width, 12, keep=True)], dict(approximate=True))
    n.output(n.add(x, n.dense(y, 12, width, keep=True)))


def atrous(n):
    """Dilated convolutions as old converters write them: space to batch, a plain convolution, and back."""
    x = n.input((1, 9, 10, 4))
    for rate, pads, crops, layer in (
        (2, [[2, 3], [2, 2]], [[0, 1], [0, 0]], "depthwise"),
        (3, [[3, 3], [3, 5]], [[0, 0], [0, 2]], "conv"),
        (2, [[0, 1], [0, 0]], [[0, 1], [0, 0]], "valid"),
    ):
        y = n.op("SPACE_TO_BATCH_ND", [x, n.ints([rate, rate]), n.ints(pads)], like=x)
        if layer == "depthwise":
            y = n.depthwise(y, 4, 3, pad=VALID, act="RELU6", span=(0.0, 4.0))
        else:
            y = n.conv(y, 4, 4, 3, pad=VALID)
        x = n.op("BATCH_TO_SPACE_ND", [y, n.ints([rate, rate]), n.ints(crops)], like=y)
    pooled = n.mean(x, [1, 2])
    image = n.op("RESIZE_BILINEAR", [n.conv(pooled, 4, 3), n.ints([5, 6])], dict(alignCorners=True))
    n.output(n.concat([x, image], span=(-2.0, 2.0)))


def ranking(n):
    """A classifier's head with the best three of its scores."""
    x = n.input((2, 4, 4, 4))
    x = n.op("AVERAGE_POOL_2D", [n.conv(x, 4, 8, 3, 1, "RELU", span=(0.0, 3.0))],
             dict(padding="VALID", filterHeight=4, filterWidth=4, strideH=1, strideW=1), span=(0.0, 3.0))
    x = n.op("SQUEEZE", [x], dict(squeezeDims=[1, 2]), like=x)
    x = n.softmax(n.dense(x, 8, 9))
    values, places = n.b.tensor(n.dtype, (), **n.quants[x]), n.b.tensor("int32", ())
    n.quants[values] = n.quants[x]
    n.b.op("TOPK_V2", [x, n.ints(3)], [values, places])
    n.output(values)


NETWORKS = {
    squeeze_excite: ("f32", "f16", "drq", "s8", "u8", "s16"),
    detector: ("f32", "f16", "drq", "s8", "u8"),
    focus: ("f32", "f16", "s8", "s16"),
    pose: ("f32", "drq", "s8"),
    unet: ("f32", "f16", "drq", "s8", "u8", "s16"),
    style: ("f32", "f16", "s8"),
    transformer: ("f32", "drq", "s8"),
    atrous: ("f32", "drq", "s8", "u8"),
    ranking: ("f32", "drq", "s8", "u8"),
}


def network(build, kind, shaped=True):
    """shaped: the file tells the shapes between, as converters do; else readers have to find them."""

    def model(b):
        build(Net(b, build.__name__, kind))
        if shaped:
            oracle.fill_shapes(b)

    return model


def cases():
    for build, kinds in NETWORKS.items():
        for kind in kinds:
            yield Case(f"{build.__name__}_{kind}", "NETWORK", model=network(build, kind))
        yield Case(f"{build.__name__}_unshaped", "NETWORK", model=network(build, "f32", False))
