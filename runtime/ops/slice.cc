// SPDX-License-Identifier: Apache-2.0
// SLICE: out[i] = in[begin + i * stride], size[d] elements of each dim; strides may be negative. Any element of whole bytes.
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_slice* slice = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_SLICE, &slice));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  int64_t steps[INLAY_MAX_RANK], sizes[INLAY_MAX_RANK], strides[INLAY_MAX_RANK], offset = 0;
  kernels::dense_strides(input->dims, input->rank, steps);
  for (int32_t d = 0; d < input->rank; ++d) {
    const int64_t begin = slice->begin[d], size = slice->size[d], stride = slice->stride[d];
    if (size < 0 || stride == 0) return p.fail("a size is negative or a stride is zero");
    const int64_t last = begin + (size - 1) * stride;
    const bool inside = begin >= 0 && begin < input->dims[d] && last >= 0 && last < input->dims[d];
    if (size > 0 && !inside) return p.fail("the slice reaches outside the input");
    sizes[d] = size;
    strides[d] = size > 1 ? stride * steps[d] : 0;
    offset += size > 0 ? begin * steps[d] : 0;
  }
  INLAY_TRY(moved_shape(p, input->rank, slice->size));
  kernels::make_strided_copy(sizes, strides, input->rank, offset, element_bytes, p.data<kernels::StridedCopy>());
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(slice, SLICE, VIEW_SLICE, sizeof(kernels::StridedCopy), prepare, eval_strided_copy)

}  // namespace inlay
