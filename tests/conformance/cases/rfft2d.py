# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def numpy_rfft2d(inputs):
    """LiteRT knows only powers of two, and mistakes a last length of 1."""
    return [np.fft.rfft2(inputs[0].astype(np.float64), s=tuple(inputs[1])).astype(np.complex64)]


def case(shape, lengths, oracle=None):
    y = shape[:-2] + (lengths[0], lengths[1] // 2 + 1)
    name = "x".join(map(str, shape)) + f"_by_{lengths[0]}x{lengths[1]}"
    return Case(name, "RFFT2D", [t("float32", shape), const(np.array(lengths, np.int32))], [out("complex64", y)], oracle=oracle)


def cases():
    for shape, lengths in (
        ((2, 1, 16), (1, 16)),
        ((1, 1, 128), (1, 128)),
        ((4, 8), (4, 8)),
        ((2, 2, 3, 8), (4, 8)),  # more rows than given
        ((1, 1, 5), (1, 8)),  # fewer values than the length
        ((2, 5, 9), (4, 8)),  # more values than the length
        ((3, 2), (2, 2)),
        ((8, 2), (8, 2)),
    ):
        yield case(shape, lengths)
    for shape, lengths in (
        ((2, 1, 1), (1, 1)),
        ((2, 6), (4, 1)),
        ((1, 3), (1, 3)),
        ((2, 5), (2, 5)),
        ((3, 12), (3, 12)),
        ((1, 60), (1, 60)),
        ((7, 15), (7, 15)),
        ((1, 101), (1, 101)),
        ((6, 10), (9, 14)),
        ((1, 240), (1, 240)),
        ((1, 194), (1, 194)),
    ):
        yield case(shape, lengths, numpy_rfft2d)
