// SPDX-License-Identifier: Apache-2.0
// GATHER_ND: each vector along the last dim of input 1 (int16, int32 or int64) names a slice of input 0. Output [indices' dims but
// the last..., dims of input 0 behind the vector's length...]. A bad index fails the run.
#include "kernels/gather_nd.h"

#include "ops/move_util.h"

namespace inlay {
namespace {

struct GatherNdData {
  kernels::IndexVectors vectors;
  int64_t element_bytes;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const table = p.input(0);
  const inlay_tensor* const indices = p.input(1);
  INLAY_TRY(p.dtype(indices, kIndex | dtype_bit(INLAY_INT16), "indices"));
  INLAY_TRY(p.rank(indices, 1, INLAY_MAX_RANK, "indices"));
  const int32_t depth = last_dim(*indices), lead = indices->rank - 1;
  if (depth > table->rank) return p.fail("the indices are longer than the input's rank");
  const int32_t rank = lead + table->rank - depth;
  if (rank > INLAY_MAX_RANK) return p.fail("the output would have more than 8 dims");
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < rank; ++d) dims[d] = d < lead ? indices->dims[d] : table->dims[depth + d - lead];
  INLAY_TRY(moved_shape(p, rank, dims));
  auto* const data = p.data<GatherNdData>();
  data->vectors = {{}, element_count(dims, lead), element_count(dims + lead, rank - lead), depth};
  for (int32_t d = 0; d < depth; ++d) data->vectors.dims[d] = table->dims[d];
  data->element_bytes = element_bytes;
  return INLAY_OK;
}

template <typename Index>
inlay_status run(const Eval& e) {
  const auto& d = *e.data<GatherNdData>();
  const bool inside = kernels::gather_nd(d.vectors, d.element_bytes, e.input<void>(0), e.input<Index>(1), e.output<void>(0));
  return inside ? INLAY_OK : INLAY_STATUS_OP_INVALID;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(1)->dtype) {
    case INLAY_INT16: return run<int16_t>(e);
    case INLAY_INT64: return run<int64_t>(e);
    default: return run<int32_t>(e);
  }
}

}  // namespace

INLAY_DEFINE_OP(gather_nd, GATHER_ND, NONE, sizeof(GatherNdData), prepare, eval)

}  // namespace inlay
