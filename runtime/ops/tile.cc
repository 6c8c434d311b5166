// SPDX-License-Identifier: Apache-2.0
// TILE: the input dims[d] times along each dim d; any element of whole bytes.
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* multiples = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &multiples));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  if (multiples->rank != input->rank) return p.fail("needs one multiple per dim of the input");
  int64_t steps[INLAY_MAX_RANK], sizes[2 * INLAY_MAX_RANK], strides[2 * INLAY_MAX_RANK];
  int32_t dims[INLAY_MAX_RANK];
  kernels::dense_strides(input->dims, input->rank, steps);
  for (int32_t d = 0; d < input->rank; ++d) {
    const int64_t total = static_cast<int64_t>(input->dims[d]) * multiples->dims[d];
    if (total < 0 || total > INT32_MAX) return p.fail("a multiple is negative or too large");
    dims[d] = static_cast<int32_t>(total);
    sizes[2 * d] = multiples->dims[d];
    strides[2 * d] = 0;
    sizes[2 * d + 1] = input->dims[d];
    strides[2 * d + 1] = steps[d];
  }
  INLAY_TRY(moved_shape(p, input->rank, dims));
  // An empty output may hide multiples whose product is no size.
  if (element_count(dims, input->rank) == 0) return INLAY_OK;
  kernels::make_strided_copy(sizes, strides, 2 * input->rank, 0, element_bytes, p.data<kernels::StridedCopy>());
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(tile, TILE, NONE, sizeof(kernels::StridedCopy), prepare, eval_strided_copy)

}  // namespace inlay
