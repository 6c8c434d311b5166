# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def split(name, dtype, shape, axis, count, **q):
    part = list(shape)
    part[axis] //= count
    return Case(name, "SPLIT", [const(np.int32(axis)), t(dtype, shape, **q)], [out(dtype, part, **q) for _ in range(count)],
                options=dict(numSplits=count), tolerance=0)


def split_v(name, dtype, shape, axis, sizes, **q):
    parts = np.split(np.zeros(shape), np.cumsum([n if n >= 0 else shape[axis] - sum(sizes) - 1 for n in sizes])[:-1], axis)
    return Case(name, "SPLIT_V", [t(dtype, shape, **q), const(np.array(sizes, np.int32)), const(np.int32(axis))],
                [out(dtype, part.shape, **q) for part in parts], options=dict(numSplits=len(sizes)), tolerance=0)


def unpack(name, dtype, shape, axis, **q):
    rest = np.zeros(shape).max(axis).shape
    return Case(name, "UNPACK", [t(dtype, shape, **q)], [out(dtype, rest, **q) for _ in range(shape[axis])],
                options=dict(axis=axis, num=shape[axis]), tolerance=0)


def cases():
    yield split("f32_first", "float32", (4, 3), 0, 2)
    yield split("f32_last", "float32", (2, 3, 6), -1, 3)
    yield split("f32_middle", "float32", (2, 4, 3), 1, 4)
    yield split("f32_whole", "float32", (2, 4), 1, 1)
    yield split("s8_channels", "int8", (1, 3, 3, 8), 3, 2, scale=0.1, zp=-128)
    yield split("u8", "uint8", (6, 2), 0, 3, scale=0.1, zp=255)
    yield split("s16", "int16", (2, 4), 1, 2, scale=0.1, zp=0)
    yield split("s32", "int32", (2, 4), 1, 2)
    yield split_v("f32_sizes", "float32", (7, 2), 0, [1, 4, 2])
    yield split_v("f32_rest", "float32", (2, 7), 1, [2, -1, 1])
    yield split_v("s8_sizes", "int8", (2, 2, 5), 2, [3, 2], scale=0.1, zp=4)
    yield split_v("s64_sizes", "int64", (5, 2), 0, [3, 2])
    yield unpack("f32_unpack", "float32", (3, 4), 0)
    yield unpack("f32_unpack_last", "float32", (2, 3, 4), -1)
    yield unpack("f32_unpack_1d", "float32", (3,), 0)
    yield unpack("s8_unpack", "int8", (2, 3, 2), 1, scale=0.1, zp=4)
    yield unpack("u8_unpack", "uint8", (2, 3, 2), 1, scale=0.1, zp=4)
    yield unpack("s32_unpack", "int32", (3, 2), 0)
    yield unpack("bool_unpack", "bool", (3, 2), 0)
