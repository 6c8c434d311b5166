# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t
from tables import ZEROS

PADS = {
    "image": ((1, 4, 5, 3), ((0, 0), (1, 2), (3, 0), (0, 0))),
    "channels": ((1, 3, 2, 3), ((0, 0), (0, 1), (1, 0), (2, 3))),
    "batch": ((2, 2, 2, 2), ((1, 1), (0, 0), (0, 0), (0, 0))),
    "rank1": ((5,), ((2, 3),)),
    "rank2": ((3, 4), ((1, 0), (0, 2))),
    "rank3": ((2, 3, 4), ((1, 1), (1, 1), (1, 1))),
    "rank5": ((1, 2, 2, 2, 3), ((0, 1), (1, 0), (0, 0), (1, 1), (0, 2))),
    "none": ((2, 3), ((0, 0), (0, 0))),
    "single": ((1, 1, 1, 1), ((1, 1), (1, 1), (1, 1), (1, 1))),
}


def padded(shape, pads):
    return tuple(d + before + after for d, (before, after) in zip(shape, pads))


def case(name, op, dtype, shape, pads, quant=None, value=None, options=None, index="int32", oracle=None):
    quant = quant or {}
    inputs = [t(dtype, shape, **quant), const(np.array(pads, index))]
    inputs += [] if value is None else [const(np.array(value, dtype), **quant)]
    return Case(name, op, inputs, [out(dtype, padded(shape, pads), **quant)], options, tolerance=0, oracle=oracle)


def mirrored(mode):
    return lambda inputs: [np.pad(inputs[0], inputs[1], mode=mode)]


def cases():
    for name, (shape, pads) in PADS.items():
        yield case(f"f32_{name}", "PAD", "float32", shape, pads)
        yield case(f"f32_value_{name}", "PADV2", "float32", shape, pads, value=-2.5)
        for dtype, zeros in ZEROS.items():
            yield case(f"{dtype}_{name}", "PAD", dtype, shape, pads, dict(scale=0.1, zp=zeros[0] + 9))
    for dtype, zeros in ZEROS.items():
        for zero in zeros:
            quant = dict(scale=0.1, zp=zero)
            yield case(f"{dtype}_zero{zero}", "PAD", dtype, *PADS["image"], quant)
            yield case(f"{dtype}_value_zero{zero}", "PADV2", dtype, *PADS["image"], quant, value=zeros[1] + 5)
    yield case("s16", "PAD", "int16", *PADS["image"], dict(scale=0.1, zp=0))
    yield case("s16_value", "PADV2", "int16", *PADS["image"], dict(scale=0.1, zp=0), value=-300)
    yield case("s32", "PAD", "int32", *PADS["rank3"])
    yield case("s32_value", "PADV2", "int32", *PADS["rank3"], value=-70000)
    yield case("s64", "PAD", "int64", *PADS["rank3"])
    yield case("s64_value", "PADV2", "int64", *PADS["rank3"], value=-70000)
    yield case("bool", "PAD", "bool", *PADS["rank3"], oracle=mirrored("constant"))
    yield case("f16", "PAD", "float16", *PADS["rank3"], oracle=mirrored("constant"))
    yield case("c64", "PAD", "complex64", *PADS["rank3"], oracle=mirrored("constant"))
    yield case("rank8", "PAD", "float32", (1, 2, 1, 2, 1, 2, 1, 2), ((1, 0), (0, 1)) * 4, oracle=mirrored("constant"))
    yield case("f32_index64", "PAD", "float32", *PADS["image"], index="int64")
    for mode in ("REFLECT", "SYMMETRIC"):
        options = dict(mode=mode)
        plus = mode == "SYMMETRIC"
        yield case(
            f"mirror_{mode}_image", "MIRROR_PAD", "float32", (1, 4, 5, 3), ((0, 0), (1, 2), (3, 0), (0, 0)), options=options
        )
        yield case(
            f"mirror_{mode}_most", "MIRROR_PAD", "float32", (3, 4), ((2 + plus, 2 + plus), (3 + plus, 3 + plus)), options=options
        )
        yield case(f"mirror_{mode}_rank1", "MIRROR_PAD", "float32", (6,), ((3, 5),), options=options)
        yield case(
            f"mirror_{mode}_int8",
            "MIRROR_PAD",
            "int8",
            (2, 3, 4),
            ((1, 0), (1, 2), (0, 3)),
            dict(scale=0.1, zp=-7),
            options=options,
        )
        yield case(
            f"mirror_{mode}_int32",
            "MIRROR_PAD",
            "int32",
            (2, 3),
            ((0, 1), (2, 2)),
            options=options,
            oracle=mirrored(mode.lower()),
        )
