// SPDX-License-Identifier: Apache-2.0
// Ops that put elements elsewhere, by indices that are read at run time.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

inlay_dims dims_of(const OpReader& r, size_t i, const char* what) {
  const std::vector<int32_t> values = r.constant_ints(i, what);
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(values.size());
  std::copy(values.begin(), values.end(), dims.dims);
  return dims;
}

}  // namespace

void read_gather(OpReader& r) {
  const auto* o = r.options_or_null<tfl::GatherOptions>();
  const auto indices_rank = static_cast<int32_t>(r.input(1).shape.size());
  const int32_t batch = o == nullptr ? 0 : o->batch_dims();
  r.node.kind = INLAY_OP_GATHER;
  r.node.params = inlay_axis{r.axis(o == nullptr ? 0 : o->axis(), r.input(0).shape.size()), batch < 0 ? batch + indices_rank : batch, 0};
}

void read_embedding_lookup(OpReader& r) {
  r.node.kind = INLAY_OP_EMBEDDING_LOOKUP;
  if (r.input(1).dtype != r.output(0).dtype) return;
  std::swap(r.node.inputs[0], r.node.inputs[1]);
  r.node.kind = INLAY_OP_GATHER;
  r.node.params = inlay_axis{};
}

void read_gather_nd(OpReader& r) { r.node.kind = INLAY_OP_GATHER_ND; }

void read_scatter_nd(OpReader& r) {
  r.node.kind = INLAY_OP_SCATTER_ND;
  r.node.params = dims_of(r, 2, "the output's shape");
  r.keep_inputs(2);
}

void read_one_hot(OpReader& r) {
  const auto* o = r.options_or_null<tfl::OneHotOptions>();
  if (r.constant_ints(1, "the depth", 1).size() != 1) r.fail("the depth must be one number");
  r.node.kind = INLAY_OP_ONE_HOT;
  r.node.params = inlay_axis{r.axis(o == nullptr ? -1 : o->axis(), r.input(0).shape.size() + 1), 0, 0};
}

void read_dynamic_slice(OpReader& r) {
  r.node.params = dims_of(r, 2, "the size");
  const auto& size = std::get<inlay_dims>(r.node.params);
  if (std::count(size.dims, size.dims + size.rank, -1) != 0) {
    r.fail("takes the rest of a dim from a computed begin, so its shape would depend on the data; give it a fixed size");
  }
  r.node.kind = INLAY_OP_DYNAMIC_SLICE;
  r.keep_inputs(2);
}

void read_dynamic_update_slice(OpReader& r) { r.node.kind = INLAY_OP_DYNAMIC_UPDATE_SLICE; }

}  // namespace inlay::tools::tflite_import
