// SPDX-License-Identifier: Apache-2.0
#include "ops/move_util.h"

namespace inlay {

inlay_status movable(const Prepare& p, int i, int32_t* element_bytes) {
  INLAY_TRY(p.no_activation());
  const inlay_tensor* const input = p.input(i);
  const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(input->dtype));
  if (bits < 8) return p.fail("elements smaller than a byte cannot be moved");
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  if (!same_quant(input, p.output(0))) return p.fail("input and output need the same scale and zero point");
  INLAY_TRY(p.rank(input, 0, INLAY_MAX_RANK, "input"));
  *element_bytes = static_cast<int32_t>(bits / 8);
  return INLAY_OK;
}

inlay_status moved_shape(const Prepare& p, int32_t rank, const int32_t* dims) {
  uint64_t bytes = 0;
  if (!tensor_bytes(p.output(0)->dtype, dims, rank, &bytes)) return p.fail("the output is too large");
  return p.output_shape(0, rank, dims);
}

inlay_status eval_strided_copy(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::strided_copy(*e.data<kernels::StridedCopy>(), e.input<void>(0), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace inlay
