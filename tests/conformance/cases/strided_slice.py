# SPDX-License-Identifier: Apache-2.0
import numpy as np
from conformance import Case, const, out, t


def expression(dims):
    """The lists and masks of x[dims], where a dim is a slice, an int, None (a new axis) or Ellipsis."""
    lists, masks = ([], [], []), dict(beginMask=0, endMask=0, ellipsisMask=0, newAxisMask=0, shrinkAxisMask=0)
    for i, dim in enumerate(dims):
        begin, end, stride = 0, 0, 1
        if dim is Ellipsis:
            masks["ellipsisMask"] |= 1 << i
        elif dim is None:
            masks["newAxisMask"] |= 1 << i
        elif isinstance(dim, int):
            masks["shrinkAxisMask"] |= 1 << i
            begin, end = dim, dim + 1
        else:
            stride = dim.step or 1
            masks["beginMask"] |= (dim.start is None) << i
            masks["endMask"] |= (dim.stop is None) << i
            begin, end = dim.start or 0, dim.stop or 0
        for values, value in zip(lists, (begin, end, stride)):
            values.append(value)
    return [const(np.array(values, np.int32)) for values in lists], masks


def case(name, dtype, shape, dims, ours=False, **q):
    lists, masks = expression(dims)
    result = np.zeros(shape)[tuple(dims)].shape
    return Case(name, "STRIDED_SLICE", [t(dtype, shape, **q)] + lists, [out(dtype, result, **q)], options=masks, tolerance=0,
                oracle=(lambda inputs: [inputs[0][tuple(dims)]]) if ours else None)


def cases():
    s = slice
    yield case("f32_1d", "float32", (9,), [s(2, 7)])
    yield case("f32_step", "float32", (9,), [s(1, 9, 3)])
    yield case("f32_open", "float32", (4, 5), [s(None, 3), s(1, None)])
    yield case("f32_negative_bounds", "float32", (6, 5), [s(-4, -1), s(-3, None)])
    yield case("f32_beyond", "float32", (4, 5), [s(-9, 9), s(2, 100)])
    yield case("f32_backwards", "float32", (6,), [s(None, None, -1)])
    yield case("f32_backwards_step", "float32", (7, 3), [s(5, 0, -2), s(None, None, -1)])
    yield case("f32_backwards_negative", "float32", (7,), [s(-2, -6, -1)])
    yield case("f32_shrink", "float32", (4, 5, 3), [1, s(None), s(None)])
    yield case("f32_shrink_last", "float32", (4, 5, 3), [s(None), s(1, 4), -1])
    yield case("f32_shrink_all", "float32", (4, 5), [2, -2])
    yield case("f32_ellipsis", "float32", (2, 3, 4, 5), [Ellipsis, s(1, 3)])
    yield case("f32_ellipsis_middle", "float32", (2, 3, 4, 5), [1, Ellipsis, s(0, 5, 2)])
    # LiteRT lets an ellipsis stand for one dim at least and drops the last term; TensorFlow and NumPy do not.
    yield case("f32_ellipsis_empty", "float32", (4, 5), [s(1, 3), Ellipsis, s(0, 2)], ours=True)
    yield case("f32_new_axis", "float32", (4, 5), [None, s(1, 3), s(None)])
    yield case("f32_new_axis_last", "float32", (4, 5), [s(None), s(None), None])
    yield case("f32_new_axis_ellipsis", "float32", (4, 5), [Ellipsis, None])
    yield case("f32_new_and_shrink", "float32", (4, 5), [None, 2, s(1, 4)])
    yield case("f32_short", "float32", (4, 5, 3), [s(1, 3)])
    yield case("f32_4d", "float32", (2, 5, 6, 3), [s(None), s(0, 5, 2), s(1, 6, 2), s(None)])
    yield case("f32_5d", "float32", (2, 3, 2, 3, 2), [1, s(None, None, -1), s(None), s(0, 3, 2), s(1, 2)])
    yield case("f32_6d", "float32", (2, 3, 2, 3, 2, 2), [1, s(None, None, -1), s(None), s(0, 3, 2), s(1, 2), s(None)], ours=True)
    yield case("s8_crop", "int8", (1, 6, 6, 3), [s(None), s(1, 5), s(0, 6, 2), s(None)], scale=0.1, zp=3)
    yield case("s8_phase", "int8", (1, 6, 6, 3), [s(None), s(None, None, 2), s(1, None, 2), s(None)], scale=0.1, zp=3)
    yield case("u8_channel", "uint8", (1, 6, 6, 3), [s(None), s(None), s(None), s(1, 2)], scale=0.1, zp=255)
    yield case("s16_step", "int16", (8, 3), [s(None, None, 3), s(None)], scale=0.1, zp=0)
    yield case("s32_shrink", "int32", (5,), [3])
    yield case("s64_step", "int64", (8,), [s(1, 8, 2)])
    yield case("bool_step", "bool", (8,), [s(1, 8, 2)])
    yield case("f16_step", "float16", (8,), [s(1, 8, 2)], ours=True)
    lists, masks = expression([s(2, 3), s(1, 2)])
    yield Case("f32_offset", "STRIDED_SLICE", [t("float32", (6, 5))] + lists, [out("float32", (3, 2))], tolerance=0,
               options=dict(masks, offset=True), oracle=lambda inputs: [inputs[0][2:5, 1:3]])
