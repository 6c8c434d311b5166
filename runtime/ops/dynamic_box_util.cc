// SPDX-License-Identifier: Apache-2.0
#include "ops/dynamic_box_util.h"

namespace inlay {

inlay_status prepare_box(const Prepare& p, const inlay_tensor* whole, const int32_t* dims, const inlay_tensor* begin,
                         int32_t element_bytes, DynamicBox* box) {
  INLAY_TRY(p.dtype(begin, kIndex, "begin"));
  if (begin->rank != 1 || begin->dims[0] != whole->rank) return p.fail("begin needs one index per dim of the input");
  int64_t sizes[INLAY_MAX_RANK], steps[INLAY_MAX_RANK];
  kernels::dense_strides(whole->dims, whole->rank, steps);
  for (int32_t d = 0; d < whole->rank; ++d) {
    if (dims[d] < 0 || dims[d] > whole->dims[d]) return p.fail("the part is larger than the input");
    sizes[d] = dims[d];
  }
  kernels::make_strided_copy(sizes, steps, whole->rank, 0, element_bytes, &box->copy);
  box->element_bytes = element_bytes;
  return INLAY_OK;
}

int64_t box_offset(const inlay_tensor& whole, const int32_t* dims, const inlay_tensor& begin, const void* values,
                   int32_t element_bytes, bool* moved) {
  int64_t offset = 0;
  *moved = false;
  for (int32_t d = 0; d < whole.rank; ++d) {
    const int64_t last = whole.dims[d] - dims[d];
    const int64_t asked = begin.dtype == INLAY_INT64 ? static_cast<const int64_t*>(values)[d] : static_cast<const int32_t*>(values)[d];
    const int64_t at = asked < 0 ? 0 : (asked > last ? last : asked);
    *moved = *moved || at != asked;
    offset = offset * whole.dims[d] + at;
  }
  return offset * element_bytes;
}

}  // namespace inlay
