// SPDX-License-Identifier: Apache-2.0
#include "ops/unsorted_segment_util.h"

namespace inlay {

inlay_status prepare_segments(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* number = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &number));
  const inlay_tensor* const input = p.input(0);
  const inlay_tensor* const ids = p.input(1);
  INLAY_TRY(p.dtype(input, kFloat | dtype_bit(INLAY_INT32), "input"));
  INLAY_TRY(p.dtype(ids, dtype_bit(INLAY_INT32), "segment ids"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  if (number->rank != 1 || number->dims[0] < 0) return p.fail("the number of segments is missing or negative");
  if (ids->rank > input->rank || input->rank - ids->rank + 1 > INLAY_MAX_RANK) return p.fail("the segment ids have a bad rank");
  for (int32_t d = 0; d < ids->rank; ++d) {
    if (ids->dims[d] != input->dims[d]) return p.fail("the segment ids do not fit the input's leading dims");
  }
  int32_t dims[INLAY_MAX_RANK] = {number->dims[0]};
  const int32_t rank = 1 + input->rank - ids->rank;
  for (int32_t d = 1; d < rank; ++d) dims[d] = input->dims[ids->rank + d - 1];
  uint64_t bytes = 0;
  if (!tensor_bytes(input->dtype, dims, rank, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.output_shape(0, rank, dims));
  *p.data<kernels::Segments>() = {element_count(*ids), element_count(dims + 1, rank - 1), dims[0]};
  return INLAY_OK;
}

}  // namespace inlay
