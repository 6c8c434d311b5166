// SPDX-License-Identifier: Apache-2.0
// TRANSPOSE: dim d of the output is dim dims[d] of the input; any element of whole bytes.
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* order = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &order));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  if (order->rank != input->rank) return p.fail("the permutation has another rank than the input");
  int64_t steps[INLAY_MAX_RANK], sizes[INLAY_MAX_RANK], strides[INLAY_MAX_RANK];
  int32_t dims[INLAY_MAX_RANK];
  kernels::dense_strides(input->dims, input->rank, steps);
  uint32_t seen = 0;
  for (int32_t d = 0; d < input->rank; ++d) {
    const int32_t from = order->dims[d];
    if (from < 0 || from >= input->rank || (seen >> from & 1u) != 0) return p.fail("the permutation does not name each dim once");
    seen |= 1u << from;
    sizes[d] = dims[d] = input->dims[from];
    strides[d] = steps[from];
  }
  INLAY_TRY(moved_shape(p, input->rank, dims));
  kernels::make_strided_copy(sizes, strides, input->rank, 0, element_bytes, p.data<kernels::StridedCopy>());
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(transpose, TRANSPOSE, NONE, sizeof(kernels::StridedCopy), prepare, eval_strided_copy)

}  // namespace inlay
