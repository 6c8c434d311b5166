// SPDX-License-Identifier: Apache-2.0
// Which bytes of an output are bytes of an input: one rule per kind of view (inlay_alias).
#include "core/tensor.h"
#include "plan/plan.h"

namespace inlay {
namespace {

constexpr int32_t kMaxConcatInputs = 1024;  // as CONCATENATION's prepare; keeps the checks of a hostile file short

/// Bytes per element, 0 where elements share bytes.
size_t element_bytes(const inlay_tensor& t) {
  const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype));
  return bits % 8 == 0 ? bits / 8 : 0;
}

/// A slice is one run of bytes when every dim behind the first one longer than 1 is taken whole.
bool slice_piece(const inlay_node& node, const inlay_tensor& in, const inlay_tensor& out, Piece* piece) {
  const size_t unit = element_bytes(in);
  if (unit == 0 || in.dtype != out.dtype || node.params_type != INLAY_PARAMS_SLICE || node.params == nullptr) return false;
  const auto& slice = *static_cast<const inlay_slice*>(node.params);
  bool running = false;
  size_t start = 0, count = 1;  // below the elements of `in`, whose bytes are known to fit
  for (int32_t d = 0; d < in.rank; ++d) {
    const int32_t dim = in.dims[d], begin = slice.begin[d], size = slice.size[d];
    if (size < 1 || begin < 0 || begin > dim - size) return false;
    if (size > 1 && slice.stride[d] != 1) return false;
    if (running && size != dim) return false;
    running = running || size > 1;
    start = start * static_cast<size_t>(dim) + static_cast<size_t>(begin);
    count *= static_cast<size_t>(size);
  }
  *piece = {0, start * unit, 0, count * unit};
  return piece->bytes == out.bytes;
}

/// Do the inputs of a concatenation lie one behind the other in its output?
bool concat_in_order(const inlay_graph& graph, const inlay_node& node, const inlay_tensor& out) {
  if (node.params_type != INLAY_PARAMS_AXIS || node.params == nullptr || node.activation != INLAY_ACT_NONE) return false;
  const int32_t axis = static_cast<const inlay_axis*>(node.params)->axis;
  if (axis < 0 || axis >= out.rank || node.input_count > kMaxConcatInputs || element_bytes(out) == 0) return false;
  for (int32_t d = 0; d < axis; ++d) {
    if (out.dims[d] != 1) return false;
  }
  size_t total = 0;
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (node.inputs[i] < 0) return false;
    const inlay_tensor& in = graph.tensors[node.inputs[i]];
    if (in.dtype != out.dtype || !checked_add(total, in.bytes, &total)) return false;
  }
  return total == out.bytes;
}

}  // namespace

Pieces::Pieces(const inlay_graph& graph, const inlay_node& node) : graph_(graph), node_(node) {
  if (node.input_count < 1 || node.output_count < 1 || node.inputs[0] < 0 || node.outputs[0] < 0) return;
  const inlay_tensor& in = graph.tensors[node.inputs[0]];
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  switch (alias_of_kind(node.kind)) {
    case INLAY_ALIAS_VIEW:
      only_ = {0, 0, 0, out.bytes};
      count_ = in.bytes == out.bytes ? 1 : 0;
      break;
    case INLAY_ALIAS_VIEW_SLICE:
      count_ = slice_piece(node, in, out, &only_) ? 1 : 0;
      break;
    case INLAY_ALIAS_VIEW_CONCAT:
      concat_ = true;
      count_ = concat_in_order(graph, node, out) ? node.input_count : 0;
      break;
    default:
      break;
  }
}

bool Pieces::next(Piece* piece) {
  while (index_ < count_) {
    const int32_t i = index_++;
    if (!concat_) {
      *piece = only_;
      return true;
    }
    const inlay_tensor& in = graph_.tensors[node_.inputs[i]];
    *piece = {i, 0, at_, in.bytes};
    at_ += in.bytes;
    if (same_quant(&in, &graph_.tensors[node_.outputs[0]])) return true;
  }
  return false;
}

bool may_overwrite(const inlay_graph& graph, const inlay_node& node, int32_t i) {
  const inlay_alias alias = alias_of_kind(node.kind);
  if (alias != INLAY_ALIAS_INPLACE_ANY && (alias != INLAY_ALIAS_INPLACE || i != 0)) return false;
  if (i >= node.input_count || node.output_count < 1 || node.inputs[i] < 0 || node.outputs[0] < 0) return false;
  const inlay_tensor& in = graph.tensors[node.inputs[i]];
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  // As many elements, of as many bytes: then the input is not broadcast.
  return in.bytes == out.bytes && element_bytes(in) != 0 && element_bytes(in) == element_bytes(out);
}

}  // namespace inlay
