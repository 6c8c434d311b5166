# SPDX-License-Identifier: Apache-2.0
"""Models that some peers refuse for a slip of the converter that wrote them: biases of one dim quantized along dim 3."""
import struct

SUBGRAPHS, TENSORS, SHAPE, QUANTIZATION, DIMENSION = 2, 0, 0, 4, 6  # fields of the tables of the .tflite schema


class Buffer:
    """Just enough of FlatBuffers to find a number and change it."""

    def __init__(self, data):
        self.data = bytearray(data)

    def number(self, at, form="<I"):
        return struct.unpack_from(form, self.data, at)[0]

    def field(self, table, index):
        """Where a field of a table is, or None."""
        vtable = table - self.number(table, "<i")
        entry = 4 + 2 * index
        offset = self.number(vtable + entry, "<H") if entry < self.number(vtable, "<H") else 0
        return table + offset if offset else None

    def table(self, at):
        return at + self.number(at)

    def tables(self, table, index):
        at = self.field(table, index)
        if at is not None:
            vector = self.table(at)
            for i in range(self.number(vector)):
                yield self.table(vector + 4 + 4 * i)


def repaired(data):
    """The bytes of a .tflite file with such dims made 0, or None where there are none."""
    buffer, changed = Buffer(data), False
    for graph in buffer.tables(buffer.table(0), SUBGRAPHS):
        for tensor in buffer.tables(graph, TENSORS):
            shape, quantization = buffer.field(tensor, SHAPE), buffer.field(tensor, QUANTIZATION)
            if shape is None or quantization is None or buffer.number(buffer.table(shape)) != 1:
                continue
            at = buffer.field(buffer.table(quantization), DIMENSION)
            if at is not None and buffer.number(at) > 0:
                struct.pack_into("<I", buffer.data, at, 0)
                changed = True
    return bytes(buffer.data) if changed else None
