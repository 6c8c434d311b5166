// SPDX-License-Identifier: Apache-2.0
// Ops over axes.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

void read_mean(OpReader& r) {
  const size_t rank = r.input(0).shape.size();
  inlay_axes axes = {};
  for (const int32_t axis : r.constant_ints(1, "the axes")) axes.mask |= 1 << r.axis(axis, rank);
  const auto* o = r.options_or_null<tfl::ReducerOptions>();
  axes.keep_dims = o != nullptr && o->keep_dims() ? 1 : 0;
  r.node.kind = INLAY_OP_MEAN;
  r.node.params = axes;
  r.keep_inputs(1);
}

void read_arg_max(OpReader& r) {
  const std::vector<int32_t> axis = r.constant_ints(1, "the axis", 1);
  if (axis.size() != 1) r.fail("the axis must be one number");
  // The dtype of the indices is that of the output tensor; the option that repeats it may be absent.
  r.node.kind = INLAY_OP_ARG_MAX;
  r.node.params = inlay_axis{r.axis(axis[0], r.input(0).shape.size()), 0, 0};
  r.keep_inputs(1);
}

}  // namespace inlay::tools::tflite_import
