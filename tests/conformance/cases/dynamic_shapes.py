# SPDX-License-Identifier: Apache-2.0
"""Models whose inputs have open dims, with shapes computed in the graph; --shape or the file's own shape fixes them."""

import numpy as np
from conformance import Case, out, t


class Open:
    """A model whose only input has open dims (0 in `signature`); tensors between have no shape."""

    def __init__(self, b, signature, dtype="float32"):
        self.b = b
        self.x = b.add(t(dtype, [d or 1 for d in signature]))
        b.tensors[self.x].shapeSignature = [d or -1 for d in signature]
        self.rng = np.random.Generator(np.random.PCG64(5))

    def op(self, name, inputs, options=None, dtype="float32", version=1):
        y = self.b.tensor(dtype, ())
        self.b.tensors[y].hasRank = False
        self.b.op(name, inputs, [y], options or {}, version)
        return y

    def i(self, name, inputs, options=None):
        return self.op(name, inputs, options, "int32")

    def ints(self, values):
        return self.b.const(np.array(values, np.int32))

    def floats(self, shape):
        return self.b.const((self.rng.integers(-64, 65, shape) / 64).astype(np.float32))

    def shape(self, x):
        return self.i("SHAPE", [x], dict(outType="INT32"))

    def part(self, shape, begin, end):
        return self.i("STRIDED_SLICE", [shape, self.ints([begin]), self.ints([end]), self.ints([1])])

    def dim(self, shape, d):
        return self.i("STRIDED_SLICE", [shape, self.ints([d]), self.ints([d + 1]), self.ints([1])], dict(shrinkAxisMask=1))

    def pack(self, values):
        return self.i("PACK", values, dict(valuesCount=len(values), axis=0))

    def done(self, y, dtype="float32"):
        self.b.given.append(out(dtype, ()))
        self.b._outputs.append(y)


def flatten(m):
    target = m.pack([m.dim(m.shape(m.x), 0), m.ints(-1)])
    flat = m.op("RESHAPE", [m.x, target])
    m.done(m.op("FULLY_CONNECTED", [flat, m.floats((3, 24)), m.floats((3,))]))


def upsample_to_skip(m):
    """The deep half goes back to the size of the shallow one."""
    pool = dict(padding="SAME", filterHeight=2, filterWidth=2, strideH=2, strideW=2)
    deep = m.op("MAX_POOL_2D", [m.x], pool)
    up = m.op("RESIZE_BILINEAR", [deep, m.part(m.shape(m.x), 1, 3)], dict(halfPixelCenters=True), version=3)
    m.done(m.op("ADD", [m.x, up]))


def upsample_twice(m):
    size = m.i("MUL", [m.part(m.shape(m.x), 1, 3), m.ints([2, 2])])
    m.done(m.op("RESIZE_NEAREST_NEIGHBOR", [m.x, size]))


def transpose_conv(m):
    """The output's shape as Keras computes it."""
    shape = m.shape(m.x)
    h, w = (m.i("MUL", [m.dim(shape, d), m.ints(2)]) for d in (1, 2))
    target = m.pack([m.dim(shape, 0), h, w, m.ints(3)])
    m.done(m.op("TRANSPOSE_CONV", [target, m.floats((3, 2, 2, 2)), m.x], dict(padding="SAME", strideH=2, strideW=2)))


def class_token(m):
    """A learned row in front of each sequence, and positions added."""
    shape = m.shape(m.x)
    token = m.op("BROADCAST_TO", [m.floats((1, 1, 4)), m.pack([m.dim(shape, 0), m.ints(1), m.ints(4)])], version=2)
    y = m.op("CONCATENATION", [token, m.x], dict(axis=1))
    count = m.dim(m.shape(y), 1)
    positions = m.i("RANGE", [m.ints(0), count, m.ints(1)])
    m.done(m.op("ADD", [y, m.op("GATHER", [m.floats((12, 4)), positions])]))


def zero_state(m):
    """One step of a cell whose state begins as FILL of zeros."""
    dims = m.pack([m.dim(m.shape(m.x), 0), m.ints(5)])
    state = m.op("FILL", [dims, m.b.const(np.float32(0))])
    x = m.op("CONCATENATION", [m.x, state], dict(axis=1))
    m.done(m.op("TANH", [m.op("FULLY_CONNECTED", [x, m.floats((5, 8)), m.floats((5,))])]))


def average(m):
    """A mean written as a sum over a count out of the shape."""
    count = m.i("REDUCE_PROD", [m.part(m.shape(m.x), 1, 3), m.ints([0])])
    total = m.op("SUM", [m.x, m.ints([1, 2])])
    m.done(m.op("DIV", [total, m.op("CAST", [count], dict(inDataType="INT32", outDataType="FLOAT32"))]))


def all_but_last(m):
    """x[:, :n-1] with n out of the shape, and the difference of neighbours."""
    last = m.i("SUB", [m.part(m.shape(m.x), 1, 2), m.ints([1])])
    end = m.i("CONCATENATION", [m.ints([0]), last, m.ints([0])], dict(axis=0))
    before = m.op("STRIDED_SLICE", [m.x, m.ints([0, 0, 0]), end, m.ints([1, 1, 1])], dict(beginMask=7, endMask=5))
    size = m.i("CONCATENATION", [m.ints([-1]), last, m.ints([-1])], dict(axis=0))
    after = m.op("SLICE", [m.x, m.ints([0, 1, 0]), size])
    m.done(m.op("SUB", [after, before]))


def pad_to_multiple(m):
    """Height and width padded to the next multiple of 4."""
    size = m.part(m.shape(m.x), 1, 3)
    short = m.i("FLOOR_MOD", [m.i("NEG", [size]), m.ints([4, 4])])
    rows = m.i("PACK", [m.ints([0, 0, 0, 0]), m.i("PAD", [short, m.ints([[1, 1]])])], dict(valuesCount=2, axis=1))
    m.done(m.op("PAD", [m.x, rows]))


def mask_by_place(m):
    """Only the first half of each sequence counts."""
    count = m.dim(m.shape(m.x), 1)
    places = m.i("RANGE", [m.ints(0), count, m.ints(1)])
    half = m.i("FLOOR_DIV", [count, m.ints(2)])
    inside = m.op("CAST", [m.op("LESS", [places, half], dtype="bool")], dict(inDataType="BOOL", outDataType="FLOAT32"))
    m.done(m.op("MUL", [m.x, m.op("EXPAND_DIMS", [inside, m.ints(-1)])]))


def all_axes(m):
    """A sum over every dim but the first, whatever the rank."""
    rank = m.i("RANK", [m.x])
    m.done(m.op("SUM", [m.x, m.i("RANGE", [m.ints(1), rank, m.ints(1)])]))


def tiled(m):
    """An outer sum of a sequence with itself by TILE."""
    shape = m.shape(m.x)
    wide = m.op("TILE", [m.op("EXPAND_DIMS", [m.x, m.ints(1)]), m.pack([m.ints(1), m.dim(shape, 1), m.ints(1), m.ints(1)])])
    m.done(m.op("ADD", [wide, m.op("EXPAND_DIMS", [m.x, m.ints(2)])]))


def long_shape(m):
    """The shape as int64, with a dim chosen by SELECT_V2."""
    wide = m.op("SHAPE", [m.x], dict(outType="INT64"), "int64")
    shape = m.i("CAST", [wide], dict(inDataType="INT64", outDataType="INT32"))
    target = m.i("SELECT_V2", [m.op("EQUAL", [shape, m.ints([-7, -7, 4])], dtype="bool"), m.ints([0, 0, 1]), shape])
    target = m.i("MAXIMUM", [target, m.ints([1, 1, 1])])
    more = m.i("CONCATENATION", [target, m.ints([-1])], dict(axis=0))
    m.done(m.op("RESHAPE", [m.x, more]))


def heads(m):
    """Attention over open batch and length."""
    shape = m.shape(m.x)
    n, length = m.dim(shape, 0), m.dim(shape, 1)
    split = m.op("RESHAPE", [m.x, m.pack([n, length, m.ints(2), m.ints(2)])])
    split = m.op("TRANSPOSE", [split, m.ints([0, 2, 1, 3])])
    scores = m.op("SOFTMAX", [m.op("BATCH_MATMUL", [split, split], dict(adjY=True))], dict(beta=0.7))
    y = m.op("TRANSPOSE", [m.op("BATCH_MATMUL", [scores, split]), m.ints([0, 2, 1, 3])])
    m.done(m.op("RESHAPE", [y, m.pack([n, length, m.ints(4)])]))


def old_target(m):
    """RESHAPE whose constant target leaves the batch open, with stale options beside it."""
    y = m.op("RESHAPE", [m.x, m.ints([-1, 24])], dict(newShape=[1, 24]))
    m.done(m.op("SOFTMAX", [y], dict(beta=1.0)))


def space_to_batch(m):
    """The paddings of a dilated convolution, computed so that blocks fit."""
    size = m.part(m.shape(m.x), 1, 3)
    extra = m.i("FLOOR_MOD", [m.i("SUB", [m.ints([0, 0]), size]), m.ints([2, 2])])
    pads = m.i("PACK", [m.ints([0, 0]), extra], dict(valuesCount=2, axis=1))
    y = m.op("SPACE_TO_BATCH_ND", [m.x, m.ints([2, 2]), pads])
    y = m.op("CONV_2D", [y, m.floats((3, 3, 3, 2)), m.floats((3,))], dict(padding="SAME", strideH=1, strideW=1))
    m.done(m.op("BATCH_TO_SPACE_ND", [y, m.ints([2, 2]), pads]))


IMAGES = [(1, 4, 6, 2), (2, 5, 7, 2), (3, 1, 1, 2)]
TEXTS = [(1, 3, 4), (2, 7, 4)]
MODELS = [
    (flatten, (0, 3, 4, 2), [(1, 3, 4, 2), (4, 3, 4, 2)]),
    (upsample_to_skip, (0, 0, 0, 2), IMAGES),
    (upsample_twice, (1, 0, 0, 2), [(1, 3, 2, 2), (1, 2, 5, 2)]),
    (transpose_conv, (0, 0, 0, 2), [(1, 2, 3, 2), (2, 4, 3, 2)]),
    (class_token, (0, 0, 4), TEXTS),
    (zero_state, (0, 3), [(1, 3), (5, 3)]),
    (average, (0, 0, 0, 2), IMAGES),
    (all_but_last, (0, 0, 4), TEXTS),
    (pad_to_multiple, (0, 0, 0, 2), IMAGES),
    (mask_by_place, (0, 0, 4), TEXTS),
    (all_axes, (0, 0, 4), TEXTS),
    (tiled, (1, 0, 3), [(1, 4, 3), (1, 1, 3)]),
    (long_shape, (0, 0, 4), TEXTS),
    (heads, (0, 0, 4), TEXTS),
    (old_target, (0, 3, 4, 2), [(1, 3, 4, 2), (3, 3, 4, 2)]),
    (space_to_batch, (0, 0, 0, 2), [(1, 4, 5, 2), (2, 7, 6, 2)]),
]


def cases():
    for build, signature, shapes in MODELS:
        for shape in shapes:
            name = f"{build.__name__}_{'x'.join(map(str, shape))}"
            model = lambda b, build=build, signature=signature: build(Open(b, signature))  # noqa: E731
            yield Case(name, "SHAPES", model=model, resize=[shape])
