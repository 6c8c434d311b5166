// SPDX-License-Identifier: Apache-2.0
#include "ops/binary_util.h"

namespace inlay {

inlay_status prepare_binary(const Prepare& p, uint32_t dtypes, uint32_t output_dtype, kernels::Broadcast* plan) {
  INLAY_TRY(p.counts(2, 2, 1));
  const inlay_tensor* a = p.input(0);
  const inlay_tensor* b = p.input(1);
  INLAY_TRY(p.dtype(a, dtypes, "input 0"));
  INLAY_TRY(p.dtype(b, dtype_bit(a->dtype), "input 1"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(output_dtype != 0 ? output_dtype : a->dtype), "output"));
  int32_t dims[INLAY_MAX_RANK], rank = 0;
  if (!kernels::make_broadcast(a->dims, a->rank, b->dims, b->rank, plan, dims, &rank)) {
    return p.fail("the shapes of the inputs do not broadcast");
  }
  return p.output_shape(0, rank, dims);
}

inlay_status binary_quantized(const Prepare& p) {
  const inlay_tensor* const all[3] = {p.input(0), p.input(1), p.output(0)};
  const char* const names[3] = {"input 0", "input 1", "output"};
  for (int i = 0; i < 3; ++i) {
    INLAY_TRY(p.per_tensor(all[i], names[i]));
    if (all[i]->dtype == INLAY_INT16 && zero_point_of(all[i]) != 0) return p.fail("a 16-bit tensor has a zero point that is not 0");
  }
  return INLAY_OK;
}

bool any_scale(const Prepare& p) {
  return p.input(0)->quant.count > 0 || p.input(1)->quant.count > 0 || p.output(0)->quant.count > 0;
}

kernels::IntRange int_range(uint32_t activation) {
  switch (activation) {
    case INLAY_ACT_RELU: return {0, INT64_MAX};
    case INLAY_ACT_RELU6: return {0, 6};
    case INLAY_ACT_RELU_N1_TO_1: return {-1, 1};
    default: return {INT64_MIN, INT64_MAX};
  }
}

}  // namespace inlay
