// SPDX-License-Identifier: Apache-2.0
// Ops over axes.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

namespace {

void read_reduce(OpReader& r, uint16_t kind) {
  const size_t rank = r.input(0).shape.size();
  inlay_axes axes = {};
  for (const int32_t axis : r.constant_ints(1, "the axes")) axes.mask |= 1 << r.axis(axis, rank);
  const auto* o = r.options_or_null<tfl::ReducerOptions>();
  axes.keep_dims = o != nullptr && o->keep_dims() ? 1 : 0;
  r.node.kind = kind;
  r.node.params = axes;
  r.keep_inputs(1);
}

/// ARG_MAX, ARG_MIN, CUMSUM: one axis as a constant input.
void read_axis(OpReader& r, uint16_t kind, int32_t flags) {
  const std::vector<int32_t> axis = r.constant_ints(1, "the axis", 1);
  if (axis.size() != 1) r.fail("the axis must be one number");
  r.node.kind = kind;
  r.node.params = inlay_axis{r.axis(axis[0], r.input(0).shape.size()), 0, flags};
  r.keep_inputs(1);
}

}  // namespace

void read_mean(OpReader& r) { read_reduce(r, INLAY_OP_MEAN); }
void read_reduce_all(OpReader& r) { read_reduce(r, INLAY_OP_REDUCE_ALL); }
void read_reduce_any(OpReader& r) { read_reduce(r, INLAY_OP_REDUCE_ANY); }
void read_reduce_max(OpReader& r) { read_reduce(r, INLAY_OP_REDUCE_MAX); }
void read_reduce_min(OpReader& r) { read_reduce(r, INLAY_OP_REDUCE_MIN); }
void read_reduce_prod(OpReader& r) { read_reduce(r, INLAY_OP_REDUCE_PROD); }
void read_sum(OpReader& r) { read_reduce(r, INLAY_OP_SUM); }

// The dtype of the indices is that of the output tensor; the option that repeats it may be absent.
void read_arg_max(OpReader& r) { read_axis(r, INLAY_OP_ARG_MAX, 0); }
void read_arg_min(OpReader& r) { read_axis(r, INLAY_OP_ARG_MIN, 0); }

void read_cumsum(OpReader& r) {
  const auto* o = r.options_or_null<tfl::CumsumOptions>();
  read_axis(r, INLAY_OP_CUMSUM, o == nullptr ? 0 : (o->exclusive() ? 1 : 0) | (o->reverse() ? 2 : 0));
}

void read_topk(OpReader& r) {
  const std::vector<int32_t> k = r.constant_ints(1, "k", 1);
  if (k.size() != 1) r.fail("k must be one number");
  inlay_dims dims = {};
  dims.rank = 1;
  dims.dims[0] = k[0];
  r.node.kind = INLAY_OP_TOPK_V2;
  r.node.params = dims;
  r.keep_inputs(1);
}

}  // namespace inlay::tools::tflite_import
