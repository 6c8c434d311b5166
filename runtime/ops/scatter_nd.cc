// SPDX-License-Identifier: Apache-2.0
// SCATTER_ND: zeros of the dims in the params, plus the slices of input 1 at the places that the index vectors of input 0 name;
// a place named twice gets the sum. A bad index fails the run.
#include <cstring>

#include "kernels/gather_nd.h"
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* target = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &target));
  const inlay_tensor* const indices = p.input(0);
  const inlay_tensor* const updates = p.input(1);
  int32_t element_bytes = 0;
  INLAY_TRY(movable(p, 1, &element_bytes));
  INLAY_TRY(p.dtype(updates, kFloat | kQuant8 | kIndex | dtype_bit(INLAY_BOOL), "updates"));
  INLAY_TRY(p.dtype(indices, kIndex, "indices"));
  INLAY_TRY(p.rank(indices, 1, INLAY_MAX_RANK, "indices"));
  const int32_t depth = last_dim(*indices), lead = indices->rank - 1;
  if (target->rank < 0 || target->rank > INLAY_MAX_RANK) return p.fail("the target shape has a bad rank");
  if (depth > target->rank) return p.fail("the indices are longer than the target's rank");
  INLAY_TRY(p.rank(updates, lead + target->rank - depth, lead + target->rank - depth, "updates"));
  for (int32_t d = 0; d < updates->rank; ++d) {
    const int32_t expected = d < lead ? indices->dims[d] : target->dims[depth + d - lead];
    if (updates->dims[d] != expected) return p.fail("the shape of the updates fits neither indices nor target");
  }
  INLAY_TRY(moved_shape(p, target->rank, target->dims));
  auto* const vectors = p.data<kernels::IndexVectors>();
  *vectors = {{}, element_count(indices->dims, lead), element_count(target->dims + depth, target->rank - depth), depth};
  for (int32_t d = 0; d < depth; ++d) vectors->dims[d] = target->dims[d];
  return INLAY_OK;
}

template <typename T, typename Combine>
inlay_status run(const Eval& e, Combine combine) {
  const auto& v = *e.data<kernels::IndexVectors>();
  T* const output = e.output<T>(0);
  const bool inside = e.input_tensor(0)->dtype == INLAY_INT64
                          ? kernels::scatter_nd(v, e.input<int64_t>(0), e.input<T>(1), output, combine)
                          : kernels::scatter_nd(v, e.input<int32_t>(0), e.input<T>(1), output, combine);
  return inside ? INLAY_OK : INLAY_STATUS_OP_INVALID;
}

template <typename T>
T add(T a, T b) {
  return static_cast<T>(a + b);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  std::memset(e.output<void>(0), 0, e.output_tensor(0)->bytes);
  switch (e.input_tensor(1)->dtype) {
    case INLAY_FLOAT32: return run<float>(e, add<float>);
    case INLAY_INT32: return run<uint32_t>(e, add<uint32_t>);  // unsigned: sums wrap around
    case INLAY_INT64: return run<uint64_t>(e, add<uint64_t>);
    case INLAY_BOOL: return run<uint8_t>(e, [](uint8_t a, uint8_t b) { return static_cast<uint8_t>(a | b); });
    default: return run<uint8_t>(e, add<uint8_t>);
  }
}

}  // namespace

INLAY_DEFINE_OP(scatter_nd, SCATTER_ND, NONE, sizeof(kernels::IndexVectors), prepare, eval)

}  // namespace inlay
