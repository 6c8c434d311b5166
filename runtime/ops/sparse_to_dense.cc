// SPDX-License-Identifier: Apache-2.0
// SPARSE_TO_DENSE: a tensor of the dims in the params, filled with input 2 (one element) except where input 0 says: int32 or int64
// index vectors [n, rank], or [n] or a scalar for rank 1. Input 1: their values [n], or one for all. A bad index fails the run.
#include "kernels/gather_nd.h"

#include "ops/move_util.h"

namespace inlay {
namespace {

struct SparseData {
  kernels::IndexVectors vectors;
  int64_t value_step;  // 0: one value for all
  int64_t count;       // elements of the output
  int32_t element_bytes;
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* target = nullptr;
  auto* const data = p.data<SparseData>();
  INLAY_TRY(p.counts(3, 3, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &target));
  INLAY_TRY(movable(p, 1, &data->element_bytes));
  const inlay_tensor* const indices = p.input(0);
  const inlay_tensor* const values = p.input(1);
  const inlay_tensor* const fill = p.input(2);
  INLAY_TRY(p.dtype(indices, kIndex, "indices"));
  INLAY_TRY(p.rank(indices, 0, 2, "indices"));
  INLAY_TRY(p.rank(values, 0, 1, "values"));
  INLAY_TRY(p.dtype(fill, dtype_bit(values->dtype), "default value"));
  if (!same_quant(values, fill)) return p.fail("values and default value need the same scale and zero point");
  if (target->rank < 1 || target->rank > INLAY_MAX_RANK) return p.fail("the target shape has a bad rank");
  const int32_t count = indices->rank == 0 ? 1 : indices->dims[0], depth = indices->rank == 2 ? indices->dims[1] : 1;
  if (depth != target->rank) return p.fail("the indices do not fit the target's rank");
  if (element_count(*fill) != 1) return p.fail("the default value is not one element");
  if (values->rank == 1 && values->dims[0] != count) return p.fail("needs one value per index, or one for all");
  INLAY_TRY(moved_shape(p, target->rank, target->dims));
  data->vectors = {{}, count, 1, depth};
  for (int32_t d = 0; d < depth; ++d) data->vectors.dims[d] = target->dims[d];
  data->value_step = values->rank;
  data->count = element_count(target->dims, target->rank);
  return INLAY_OK;
}

template <typename T, typename Index>
inlay_status run(const Eval& e, const Index* indices) {
  const auto& d = *e.data<SparseData>();
  const T* const values = e.input<T>(1);
  const T fill = *e.input<T>(2);
  T* const out = e.output<T>(0);
  for (int64_t i = 0; i < d.count; ++i) out[i] = fill;
  for (int64_t i = 0; i < d.vectors.count; ++i) {
    const int64_t at = kernels::slice_of(d.vectors, indices + i * d.vectors.depth);
    if (at < 0) return INLAY_STATUS_OP_INVALID;
    out[at] = values[i * d.value_step];
  }
  return INLAY_OK;
}

template <typename T>
inlay_status run(const Eval& e) {
  return e.input_tensor(0)->dtype == INLAY_INT64 ? run<T>(e, e.input<int64_t>(0)) : run<T>(e, e.input<int32_t>(0));
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.data<SparseData>()->element_bytes) {
    case 1: return run<uint8_t>(e);
    case 2: return run<uint16_t>(e);
    case 4: return run<uint32_t>(e);
    default: return run<uint64_t>(e);
  }
}

}  // namespace

INLAY_DEFINE_OP(sparse_to_dense, SPARSE_TO_DENSE, NONE, sizeof(SparseData), prepare, eval)

}  // namespace inlay
