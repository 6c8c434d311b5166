// SPDX-License-Identifier: Apache-2.0
// BROADCAST_TO: the input repeated to the dims of the params, as NumPy broadcasts; any element of whole bytes.
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* target = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &target));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  if (target->rank < input->rank || target->rank > INLAY_MAX_RANK) return p.fail("the target shape has a bad rank");
  const int32_t lead = target->rank - input->rank;
  int64_t steps[INLAY_MAX_RANK], sizes[INLAY_MAX_RANK], strides[INLAY_MAX_RANK];
  kernels::dense_strides(input->dims, input->rank, steps);
  for (int32_t d = 0; d < target->rank; ++d) {
    const int32_t from = d < lead ? 1 : input->dims[d - lead];
    if (from != 1 && from != target->dims[d]) return p.fail("the input does not broadcast to the target shape");
    sizes[d] = target->dims[d];
    strides[d] = from == 1 ? 0 : steps[d - lead];
  }
  INLAY_TRY(moved_shape(p, target->rank, target->dims));
  kernels::make_strided_copy(sizes, strides, target->rank, 0, element_bytes, p.data<kernels::StridedCopy>());
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(broadcast_to, BROADCAST_TO, NONE, sizeof(kernels::StridedCopy), prepare, eval_strided_copy)

}  // namespace inlay
