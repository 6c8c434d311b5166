// SPDX-License-Identifier: Apache-2.0
// Ops of StableHLO (openxla.org/stablehlo/spec) that mean the same as ops of Inlay. Their result shapes are static in the file.
#include <algorithm>

#include "tools/import/tflite/chain.h"

namespace inlay::tools::tflite_import {
namespace {

std::vector<int32_t> narrow(const OpReader& r, const flatbuffers::Vector<int64_t>* from, size_t count, const char* what) {
  if (size_of(from) != count) r.fail(std::string("needs ") + std::to_string(count) + " numbers as " + what);
  std::vector<int32_t> values;
  for (const int64_t v : from == nullptr ? std::vector<int64_t>() : std::vector<int64_t>(from->begin(), from->end())) {
    if (v < INT32_MIN || v > INT32_MAX) r.fail(std::string(what) + " do not fit 32 bits");
    values.push_back(static_cast<int32_t>(v));
  }
  return values;
}

int32_t axis_of(const OpReader& r, int64_t axis, size_t rank) {
  if (axis < 0 || axis >= static_cast<int64_t>(rank)) r.fail("dim " + std::to_string(axis) + " lies outside a tensor of " + std::to_string(rank));
  return static_cast<int32_t>(axis);
}

std::vector<int32_t> static_shape(const OpReader& r) {
  const std::vector<int32_t> shape = r.output(0).shape;
  if (std::any_of(shape.begin(), shape.end(), [](int32_t d) { return d < 0; })) r.fail("the shape of its result is not known");
  return shape;
}

void logical(OpReader& r, uint16_t kind) {
  if (r.input(0).dtype != INLAY_BOOL) r.fail("is supported for bool only");
  r.node.kind = kind;
}

/// The scalars from input `first` on, as one list.
int32_t starts_of(OpReader& r, Chain* chain, size_t first, size_t rank) {
  if (rank == 0 || r.node.inputs.size() != first + rank) r.fail("needs one start per dim of its operand");
  std::vector<int32_t> parts;
  const std::vector<int32_t> inputs = r.node.inputs;
  for (size_t i = 0; i < rank; ++i) {
    static_cast<void>(r.input(first + i));
    parts.push_back(chain->reshaped(inputs[first + i], {1}));
  }
  return chain->then(INLAY_OP_CONCATENATION, parts, inlay_axis{0, 0, 0});
}

}  // namespace

void read_stablehlo_and(OpReader& r) { logical(r, INLAY_OP_LOGICAL_AND); }
void read_stablehlo_or(OpReader& r) { logical(r, INLAY_OP_LOGICAL_OR); }

void read_stablehlo_reshape(OpReader& r) {
  r.node.params = dims_params(r, static_shape(r));
  r.node.kind = INLAY_OP_RESHAPE;
}

void read_stablehlo_transpose(OpReader& r) {
  const size_t rank = r.input(0).shape.size();
  r.node.params = dims_params(r, narrow(r, r.options_2<tfl::StablehloTransposeOptions>().permutation(), rank, "its permutation"));
  r.node.kind = INLAY_OP_TRANSPOSE;
}

void read_stablehlo_concatenate(OpReader& r) {
  const int64_t axis = r.options_2<tfl::StablehloConcatenateOptions>().dimension();
  r.node.params = inlay_axis{axis_of(r, axis, r.input(0).shape.size()), 0, 0};
  r.node.kind = INLAY_OP_CONCATENATION;
}

void read_stablehlo_slice(OpReader& r) {
  const auto& o = r.options_2<tfl::StablehloSliceOptions>();
  const std::vector<int32_t>& shape = r.input(0).shape;
  const std::vector<int32_t> first = narrow(r, o.start_indices(), shape.size(), "its starts");
  const std::vector<int32_t> limit = narrow(r, o.limit_indices(), shape.size(), "its limits");
  const std::vector<int32_t> step = narrow(r, o.strides(), shape.size(), "its strides");
  inlay_slice s = {};
  for (size_t d = 0; d < shape.size(); ++d) {
    if (first[d] < 0 || limit[d] < first[d] || limit[d] > shape[d] || step[d] < 1) r.fail("takes what lies outside its operand");
    s.begin[d] = first[d];
    s.size[d] = static_cast<int32_t>((int64_t{limit[d]} - first[d] + step[d] - 1) / step[d]);
    s.stride[d] = step[d];
  }
  r.node.params = s;
  r.node.kind = INLAY_OP_SLICE;
}

void read_stablehlo_compare(OpReader& r) {
  switch (r.options_2<tfl::StablehloCompareOptions>().comparison_direction()) {
    case tfl::StablehloComparisonDirection::STABLEHLO_COMPARISON_DIRECTION_EQ: r.node.kind = INLAY_OP_EQUAL; return;
    case tfl::StablehloComparisonDirection::STABLEHLO_COMPARISON_DIRECTION_NE: r.node.kind = INLAY_OP_NOT_EQUAL; return;
    case tfl::StablehloComparisonDirection::STABLEHLO_COMPARISON_DIRECTION_GE: r.node.kind = INLAY_OP_GREATER_EQUAL; return;
    case tfl::StablehloComparisonDirection::STABLEHLO_COMPARISON_DIRECTION_GT: r.node.kind = INLAY_OP_GREATER; return;
    case tfl::StablehloComparisonDirection::STABLEHLO_COMPARISON_DIRECTION_LE: r.node.kind = INLAY_OP_LESS_EQUAL; return;
    case tfl::StablehloComparisonDirection::STABLEHLO_COMPARISON_DIRECTION_LT: r.node.kind = INLAY_OP_LESS; return;
    default: r.fail("compares in an unknown direction");
  }
}

/// Inputs: least, operand, most.
void read_stablehlo_clamp(OpReader& r) {
  if (r.node.inputs.size() != 3 || !r.has_input(0) || !r.has_input(1) || !r.has_input(2)) r.fail("needs 3 inputs");
  const std::vector<int32_t> in = r.node.inputs;
  Chain chain(r);
  chain.last(INLAY_OP_MINIMUM, {chain.then(INLAY_OP_MAXIMUM, {in[1], in[0]}), in[2]});
}

void read_stablehlo_broadcast_in_dim(OpReader& r) {
  const std::vector<int32_t> from = r.input(0).shape, to = static_shape(r);
  const auto& o = r.options_2<tfl::StablehloBroadcastInDimOptions>();
  const std::vector<int32_t> places = narrow(r, o.broadcast_dimensions(), from.size(), "its dims");
  std::vector<int32_t> spread(to.size(), 1);
  int32_t last = -1;
  for (size_t d = 0; d < from.size(); ++d) {
    if (axis_of(r, places[d], to.size()) <= last) r.fail("its dims do not ascend");
    last = places[d];
    spread[static_cast<size_t>(last)] = from[d];
  }
  const int32_t source = r.node.inputs[0];
  Chain chain(r);
  chain.last(INLAY_OP_BROADCAST_TO, {chain.reshaped(source, spread)}, dims_params(r, to));
}

void read_stablehlo_pad(OpReader& r) {
  const auto& o = r.options_2<tfl::StablehloPadOptions>();
  const size_t rank = r.input(0).shape.size();
  const std::vector<int32_t> low = narrow(r, o.edge_padding_low(), rank, "its paddings"), high = narrow(r, o.edge_padding_high(), rank, "its paddings");
  inlay_pad pad = {};
  for (const int32_t between : narrow(r, o.interior_padding(), rank, "its paddings")) {
    if (between != 0) r.fail("pads between elements, which is not supported");
  }
  for (size_t d = 0; d < rank; ++d) {
    if (low[d] < 0 || high[d] < 0) r.fail("a padding is negative, expected 0 or more");
    pad.before[d] = low[d];
    pad.after[d] = high[d];
  }
  pad.value = constant_element(r, 1);
  r.node.params = pad;
  r.node.kind = INLAY_OP_PAD;
  r.keep_inputs(1);
}

void read_stablehlo_dynamic_update_slice(OpReader& r) {
  const size_t rank = r.input(0).shape.size();
  const std::vector<int32_t> in = r.node.inputs;
  static_cast<void>(r.input(1));
  Chain chain(r);
  const int32_t starts = starts_of(r, &chain, 2, rank);
  chain.last(INLAY_OP_DYNAMIC_UPDATE_SLICE, {in[0], in[1], starts});
}

}  // namespace inlay::tools::tflite_import
