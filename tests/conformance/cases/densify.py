# SPDX-License-Identifier: Apache-2.0
"""Constants stored sparse, behind DENSIFY and as weights."""

import itertools

import numpy as np
from ai_edge_litert import schema_py_generated as S
from conformance import Case, out, t

VECTORS = {"int32": S.Int32VectorT, "uint16": S.Uint16VectorT, "uint8": S.Uint8VectorT}
KINDS = {"int32": S.SparseIndexVector.Int32Vector, "uint16": S.SparseIndexVector.Uint16Vector, "uint8": S.SparseIndexVector.Uint8Vector}


def pack(dense, order, block_map, blocks, formats, index="uint8"):
    """(values in the order of the tree, SparsityParametersT); formats: per level "d" (dense) or "s" (compressed)."""
    rank = dense.ndim
    size = dict(enumerate(dense.shape))
    for place, (dim, block) in enumerate(zip(block_map, blocks)):
        size[dim] //= block
        size[rank + place] = block
    sparsity = S.SparsityParametersT()
    sparsity.traversalOrder, sparsity.blockMap, sparsity.dimMetadata = list(order), list(block_map), []

    def at(path):
        """Elements below a node: path gives the coordinate of the first levels."""
        known = dict(zip(order, path))
        cell = []
        for d in range(rank):
            inner = [rank + p for p, dim in enumerate(block_map) if dim == d]
            block = size[inner[0]] if inner else 1
            outer = [known[d]] if d in known else range(size[d])
            insides = ([known[inner[0]]] if inner[0] in known else range(block)) if inner else [0]
            cell.append([o * block + i for o in outer for i in insides])
        return dense[np.ix_(*cell)]

    paths = [()]
    for place, kind in zip(order, formats):
        level, segments, indices, following = S.DimensionMetadataT(), [0], [], []
        for path in paths:
            for i in range(size[place]):
                if kind == "d" or np.any(at(path + (i,))):
                    following.append(path + (i,))
                    indices.append(i)
            segments.append(len(indices))
        level.format, level.denseSize = (0, size[place]) if kind == "d" else (1, size[place] if place >= rank else 0)
        if kind == "s":
            for name, values in (("Segments", segments), ("Indices", indices)):
                vector = VECTORS[index]()
                vector.values = values
                setattr(level, "array" + name, vector)
                setattr(level, "array" + name + "Type", KINDS[index])
        sparsity.dimMetadata.append(level)
        paths = following
    return np.array([at(path).reshape(()) for path in paths], dense.dtype), sparsity


def sparse_values(shape, dtype, zero=0):
    rng = np.random.Generator(np.random.PCG64(7))
    values = rng.integers(-100, 101, shape)
    values[rng.random(shape) < 0.6] = 0
    return (values / 64).astype(dtype) if dtype.startswith("float") else values.astype(dtype)


def sparse_constant(b, dense, layout, **quant):
    values, sparsity = pack(dense, *layout)
    number = b.tensor(dense.dtype.name, dense.shape, data=values, **quant)
    b.tensors[number].sparsity = sparsity
    return number


LAYOUTS = {
    "rows": ((0, 1), (), (), "ds"),
    "columns": ((1, 0), (), (), "ds"),
    "both": ((0, 1), (), (), "ss"),
    "dense": ((1, 0), (), (), "dd"),
    "blocks": ((0, 1, 2, 3), (0, 1), (2, 2), "dsdd"),
    "row_blocks": ((0, 1, 2), (1,), (4,), "dsd"),
}


def densify(dtype, layout):
    def model(b):
        dense = sparse_values((4, 8), dtype)
        quant = dict(scale=0.02, zp=0) if dtype == "int8" else {}
        x = b.add(t("float32", (4, 8)))
        w = sparse_constant(b, dense, layout, **quant)
        whole = b.tensor(dtype, (4, 8), **quant)
        b.op("DENSIFY", [w], [whole])
        if dtype != "float32":
            real = b.tensor("float32", (4, 8))
            b.op("DEQUANTIZE", [whole], [real])
            whole = real
        b.op("ADD", [x, whole], [b.add(out("float32", (4, 8)))], {})

    return model


def dense_layer(layout, outputs, inputs):
    """FULLY_CONNECTED reads sparse weights itself."""

    def model(b):
        x = b.add(t("float32", (3, inputs)))
        w = sparse_constant(b, sparse_values((outputs, inputs), "float32"), layout)
        b.op("FULLY_CONNECTED", [x, w, -1], [b.add(out("float32", (3, outputs)))], {}, version=8)

    return model


def four_dims(b):
    """A filter with blocks of output channels."""
    dense = sparse_values((4, 2, 2, 3), "float32")
    x = b.add(t("float32", (1, 3, 4, 3)))
    w = sparse_constant(b, dense, ((0, 1, 2, 3, 4), (0,), (2,), "dddsd"))
    whole = b.tensor("float32", (4, 2, 2, 3))
    b.op("DENSIFY", [w], [whole])
    b.op("CONV_2D", [x, whole, b.const(np.zeros(4, np.float32))], [b.add(out("float32", (1, 2, 3, 4)))], dict(padding="VALID", strideH=1, strideW=1))


def cases():
    for (name, layout), dtype in itertools.product(LAYOUTS.items(), ("float32", "float16", "int8")):
        yield Case(f"{dtype}_{name}", "DENSIFY", model=densify(dtype, layout), tolerance=1e-5)
    for index in ("int32", "uint16"):
        yield Case(f"index_{index}", "DENSIFY", model=densify("float32", LAYOUTS["rows"] + (index,)))
    yield Case("fully_connected_rows", "FULLY_CONNECTED", model=dense_layer(LAYOUTS["rows"], 6, 8))
    yield Case("fully_connected_blocks", "FULLY_CONNECTED", model=dense_layer(LAYOUTS["row_blocks"], 6, 8))
    yield Case("conv2d", "DENSIFY", model=four_dims)
