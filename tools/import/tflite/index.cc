// SPDX-License-Identifier: Apache-2.0
// Ops that put elements elsewhere, by indices that are read at run time.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

inlay_dims constant_dims(const OpReader& r, size_t i, const char* what) {
  const std::vector<int32_t> values = r.constant_ints(i, what);
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(values.size());
  std::copy(values.begin(), values.end(), dims.dims);
  return dims;
}

void segments(OpReader& r, uint16_t kind) {
  const std::vector<int32_t> count = r.constant_ints(2, "the number of segments", 1);
  if (count.size() != 1) r.fail("the number of segments must be one number");
  inlay_dims number = {};
  number.rank = 1;
  number.dims[0] = count[0];
  r.node.kind = kind;
  r.node.params = number;
  r.keep_inputs(2);
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
  r.node.params = constant_dims(r, 2, "the output's shape");
  r.keep_inputs(2);
}

void read_one_hot(OpReader& r) {
  const auto* o = r.options_or_null<tfl::OneHotOptions>();
  if (r.constant_ints(1, "the depth", 1).size() != 1) r.fail("the depth must be one number");
  r.node.kind = INLAY_OP_ONE_HOT;
  r.node.params = inlay_axis{r.axis(o == nullptr ? -1 : o->axis(), r.input(0).shape.size() + 1), 0, 0};
}

void read_dynamic_slice(OpReader& r) {
  r.node.params = constant_dims(r, 2, "the size");
  const auto& size = std::get<inlay_dims>(r.node.params);
  if (std::count(size.dims, size.dims + size.rank, -1) != 0) {
    r.fail("takes the rest of a dim from a computed begin, so its shape would depend on the data; give it a fixed size");
  }
  r.node.kind = INLAY_OP_DYNAMIC_SLICE;
  r.keep_inputs(2);
}

void read_dynamic_update_slice(OpReader& r) { r.node.kind = INLAY_OP_DYNAMIC_UPDATE_SLICE; }
void read_matrix_diag(OpReader& r) { r.node.kind = INLAY_OP_MATRIX_DIAG; }
void read_matrix_set_diag(OpReader& r) { r.node.kind = INLAY_OP_MATRIX_SET_DIAG; }

void read_sparse_to_dense(OpReader& r) {
  r.node.params = constant_dims(r, 1, "the output's shape");
  r.node.kind = INLAY_OP_SPARSE_TO_DENSE;
  if (!r.has_input(3)) r.fail("its default value is missing");
  r.node.inputs = {r.node.inputs[0], r.node.inputs[2], r.node.inputs[3]};
}

void read_unsorted_segment_sum(OpReader& r) { segments(r, INLAY_OP_UNSORTED_SEGMENT_SUM); }
void read_unsorted_segment_prod(OpReader& r) { segments(r, INLAY_OP_UNSORTED_SEGMENT_PROD); }
void read_unsorted_segment_min(OpReader& r) { segments(r, INLAY_OP_UNSORTED_SEGMENT_MIN); }
void read_unsorted_segment_max(OpReader& r) { segments(r, INLAY_OP_UNSORTED_SEGMENT_MAX); }

void read_segment_sum(OpReader& r) {
  // The last and largest id says how many segments there are.
  const size_t most = r.input(1).is_constant() ? r.input(1).data->size() : 0;
  const std::vector<int32_t> ids = r.constant_ints(1, "the segment ids", most);
  if (!std::is_sorted(ids.begin(), ids.end()) || (!ids.empty() && (ids[0] < 0 || ids.back() == INT32_MAX))) {
    r.fail("its segment ids are negative or not sorted");
  }
  inlay_dims number = {};
  number.rank = 1;
  number.dims[0] = ids.empty() ? 0 : ids.back() + 1;
  r.node.params = number;
  r.node.kind = INLAY_OP_UNSORTED_SEGMENT_SUM;
}

}  // namespace inlay::tools::tflite_import
