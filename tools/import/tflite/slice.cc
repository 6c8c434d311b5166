// SPDX-License-Identifier: Apache-2.0
// Ops that take parts of a tensor: each part becomes one SLICE, and a RESHAPE where dims come or go.
#include <algorithm>

#include "tools/import/tflite/list_update.h"

namespace inlay::tools::tflite_import {
namespace {

inlay_slice whole(const std::vector<int32_t>& shape) {
  inlay_slice s = {};
  for (size_t d = 0; d < shape.size(); ++d) {
    s.size[d] = shape[d];
    s.stride[d] = 1;
  }
  return s;
}

Node make_node(uint16_t kind, int32_t input, int32_t output, Params params) {
  Node n;
  n.kind = kind;
  n.inputs = {input};
  n.outputs = {output};
  n.params = std::move(params);
  return n;
}

/// Emits the slice of input `source` into output `i`; with a `shape`, under that shape.
void emit_part(const OpReader& r, size_t source, size_t i, const inlay_slice& part, const std::vector<int32_t>* shape = nullptr) {
  const int32_t in = r.node.inputs[source], out = r.node.outputs[i];
  if (shape == nullptr) return r.emit(make_node(INLAY_OP_SLICE, in, out, part));
  const inlay_dims dims = dims_of(r, *shape);
  const int32_t cut = r.add_tensor(r.output(i).name + "/slice", r.output(i).dtype, r.output(i).quant);
  r.emit(make_node(INLAY_OP_SLICE, in, cut, part));
  r.emit(make_node(INLAY_OP_RESHAPE, cut, out, dims));
}

/// Parts of these sizes along `axis`, one per output.
void emit_split(OpReader& r, size_t source, int32_t axis, const std::vector<int32_t>& sizes) {
  inlay_slice part = whole(r.input(source).shape);
  for (size_t i = 0; i < sizes.size(); ++i) {
    part.size[axis] = sizes[i];
    emit_part(r, source, i, part);
    part.begin[axis] += sizes[i];
  }
  r.become_nothing();
}

int32_t constant_axis(const OpReader& r, size_t i, size_t rank) {
  const std::vector<int32_t> axis = r.constant_ints(i, "the axis", 1);
  if (axis.size() != 1) r.fail("the axis must be one number");
  return r.axis(axis[0], rank);
}

}  // namespace

void read_slice(OpReader& r) {
  if (read_open_slice(r)) return;
  if (!r.input(1).is_constant()) return read_dynamic_slice(r);
  const std::vector<int32_t> shape = r.input(0).shape;
  const std::vector<int32_t> begin = r.constant_ints(1, "the begin"), size = r.constant_ints(2, "the size");
  if (begin.size() != shape.size() || size.size() != shape.size()) r.fail("begin and size need one number per dim of the input");
  inlay_slice s = whole(shape);
  for (size_t d = 0; d < shape.size(); ++d) {
    const int64_t left = int64_t{shape[d]} - begin[d], count = size[d] == -1 ? left : size[d];
    s.begin[d] = begin[d];
    s.size[d] = static_cast<int32_t>(count);
    if (begin[d] < 0 || count < 0 || count > left) {
      r.fail("takes " + std::to_string(size[d]) + " from " + std::to_string(begin[d]) + " of dim " + std::to_string(d) + ", which is " +
             std::to_string(shape[d]));
    }
  }
  r.node.kind = INLAY_OP_SLICE;
  r.node.params = s;
  r.keep_inputs(1);
}

void read_split(OpReader& r) {
  const std::vector<int32_t>& shape = r.input(1).shape;
  const int32_t axis = constant_axis(r, 0, shape.size());
  const auto count = static_cast<int32_t>(r.node.outputs.size());
  const int32_t dim = shape[static_cast<size_t>(axis)];
  if (count == 0 || dim % count != 0) {
    r.fail("dim " + std::to_string(axis) + " is " + std::to_string(dim) + ", which does not divide by " + std::to_string(count));
  }
  emit_split(r, 1, axis, std::vector<int32_t>(static_cast<size_t>(count), dim / count));
}

void read_split_v(OpReader& r) {
  const std::vector<int32_t>& shape = r.input(0).shape;
  const int32_t axis = constant_axis(r, 2, shape.size());
  std::vector<int32_t> sizes = r.constant_ints(1, "the sizes", r.node.outputs.size());
  if (sizes.size() != r.node.outputs.size()) r.fail("needs one size per output");
  int64_t left = shape[static_cast<size_t>(axis)];
  int32_t* open = nullptr;
  for (int32_t& size : sizes) {
    if (size < -1 || (size == -1 && open != nullptr)) r.fail("a size is negative, expected at most one -1");
    if (size == -1) open = &size;
    left -= std::max(size, 0);
  }
  if (left < 0 || (open == nullptr && left != 0)) r.fail("the sizes do not add up to dim " + std::to_string(axis) + " of the input");
  if (open != nullptr) *open = static_cast<int32_t>(left);
  emit_split(r, 0, axis, sizes);
}

void read_unpack(OpReader& r) {
  const std::vector<int32_t> shape = r.input(0).shape;
  const auto* o = r.options_or_null<tfl::UnpackOptions>();
  const int32_t axis = r.axis(o == nullptr ? 0 : o->axis(), shape.size());
  const auto dim = static_cast<size_t>(shape[static_cast<size_t>(axis)]);
  if (r.node.outputs.size() != dim) {
    r.fail("has " + std::to_string(r.node.outputs.size()) + " outputs, but dim " + std::to_string(axis) + " is " + std::to_string(dim));
  }
  std::vector<int32_t> rest = shape;
  rest.erase(rest.begin() + axis);
  inlay_slice part = whole(shape);
  part.size[axis] = 1;
  for (size_t i = 0; i < dim; ++i) {
    part.begin[axis] = static_cast<int32_t>(i);
    emit_part(r, 0, i, part, &rest);
  }
  r.become_nothing();
}

void read_reverse(OpReader& r) {
  const std::vector<int32_t>& shape = r.input(0).shape;
  inlay_slice s = whole(shape);
  for (const int32_t axis : r.constant_ints(1, "the axes")) {
    const int32_t d = r.axis(axis, shape.size());
    s.begin[d] = std::max(shape[static_cast<size_t>(d)] - 1, 0);
    s.stride[d] = -1;
  }
  r.node.kind = INLAY_OP_SLICE;
  r.node.params = s;
  r.keep_inputs(1);
}

}  // namespace inlay::tools::tflite_import
