# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def case(name, dtype, shape, block, crops, **q):
    sizes = [n * b - sum(c) for n, c, b in zip(shape[1:-1], crops, block)]
    return Case(name, "BATCH_TO_SPACE_ND", [t(dtype, shape, **q), const(np.array(block, np.int32)), const(np.array(crops, np.int32))],
                [out(dtype, (shape[0] // int(np.prod(block)), *sizes, shape[-1]), **q)], tolerance=0)


def dilated(dtype, depthwise, size, block, before, after, crops, padding, filter_size=3):
    """A dilated convolution as older converters wrote it; Inlay makes one op of the three."""

    def model(b):
        q = {} if dtype == "float32" else dict(scale=0.05, zp=11)
        channels, outs = 4, 4 if depthwise else 6
        rng = np.random.Generator(np.random.PCG64(7))
        shape = (1, filter_size, filter_size, channels) if depthwise else (outs, filter_size, filter_size, channels)
        if dtype == "float32":
            weights = b.const((rng.integers(-64, 65, shape) / 64).astype(np.float32))
            bias = b.const((rng.integers(-64, 65, outs) / 64).astype(np.float32))
        else:
            weights = b.const(rng.integers(-127, 128, shape).astype(np.int8), scale=[0.01] * outs, zp=[0] * outs, axis=3 if depthwise else 0)
            bias = b.const(rng.integers(-500, 501, outs).astype(np.int32), scale=[0.05 * 0.01] * outs, zp=[0] * outs)
        x = b.add(t(dtype, (1, *size, channels), **q))
        phases = [(n + lo + hi) // k for n, lo, hi, k in zip(size, before, after, block)]
        count = int(np.prod(block))
        inner = phases if padding == "SAME" else [n - filter_size + 1 for n in phases]
        final = [n * k - sum(c) for n, k, c in zip(inner, block, crops)]
        split = b.tensor(dtype, (count, *phases, channels), **q)
        mixed = b.tensor(dtype, (count, *inner, outs), **(q if not q else dict(scale=0.2, zp=-3)))
        result = b.add(out(dtype, (1, *final, outs), **(q if not q else dict(scale=0.2, zp=-3))))
        ints = lambda v: b.const(np.array(v, np.int32))
        b.op("SPACE_TO_BATCH_ND", [x, ints(block), ints(list(zip(before, after)))], [split])
        options = dict(padding=padding, strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1)
        if depthwise:
            b.op("DEPTHWISE_CONV_2D", [split, weights, bias], [mixed], dict(depthMultiplier=1, **options))
        else:
            b.op("CONV_2D", [split, weights, bias], [mixed], options)
        b.op("BATCH_TO_SPACE_ND", [mixed, ints(block), ints(crops)], [result])

    return model


def cases():
    for dtype in ("float32", "int8"):
        for depthwise in (False, True):
            kind = ("f32" if dtype == "float32" else "s8") + ("_depthwise" if depthwise else "_conv")
            for name, *geometry in (("2", (6, 8), (2, 2), (2, 2), (2, 2), [[0, 0], [0, 0]], "VALID"),
                                    ("uneven", (7, 5), (3, 2), (3, 2), (5, 3), [[0, 2], [0, 1]], "VALID"),
                                    ("same", (6, 6), (2, 3), (0, 0), (0, 0), [[0, 0], [0, 0]], "SAME"),
                                    ("cropped", (8, 8), (2, 2), (2, 2), (2, 2), [[1, 1], [2, 0]], "VALID")):
                yield Case(f"{kind}_dilated_{name}", "BATCH_TO_SPACE_ND", model=dilated(dtype, depthwise, *geometry))
    yield case("f32_2x2", "float32", (4, 2, 3, 3), [2, 2], [[0, 0], [0, 0]])
    yield case("f32_cropped", "float32", (6, 3, 3, 2), [2, 3], [[1, 0], [2, 1]])
    yield case("f32_batch", "float32", (4, 3, 3, 2), [2, 1], [[1, 1], [0, 0]])
    yield case("f32_dilation_4", "float32", (16, 4, 4, 1), [4, 4], [[4, 7], [4, 7]])
    yield case("f32_3d", "float32", (6, 3, 3), [3], [[1, 2]])
    yield case("s8", "int8", (4, 3, 3, 3), [2, 2], [[2, 0], [1, 1]], scale=0.1, zp=-9)
    yield case("u8", "uint8", (4, 3, 3, 3), [2, 2], [[0, 2], [1, 1]], scale=0.1, zp=255)
    yield case("s8_3d", "int8", (2, 3, 4), [2], [[0, 1]], scale=0.1, zp=7)
    yield case("s32", "int32", (4, 2, 2, 2), [2, 2], [[1, 1], [0, 0]])
    yield case("s64", "int64", (2, 2, 3, 2), [1, 2], [[0, 0], [1, 1]])
