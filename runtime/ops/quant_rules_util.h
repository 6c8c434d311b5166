// SPDX-License-Identifier: Apache-2.0
// Questions about quantization that several ops ask.
#pragma once
#include "ops/op_util.h"

namespace inlay {

/// Bytes that move unchanged from `a` to `b` mean the same: equal scale and zero point, or not quantized at all.
inline bool same_quant(const inlay_tensor* a, const inlay_tensor* b) {
  if (!is_quantized_dtype(a->dtype)) return true;
  if (a->quant.count == 0 && b->quant.count == 0) return true;
  return a->quant.count == 1 && b->quant.count == 1 && scale_of(a) == scale_of(b) && zero_point_of(a) == zero_point_of(b);
}

/// numerator / denominator of scales. Each is a sane number alone, their quotient need not be; 0 (underflow) is harmless.
inline inlay_status scale_ratio(const Prepare& p, float numerator, float denominator, float* out) {
  *out = numerator / denominator;
  return *out < 1.2e30f ? INLAY_OK : p.fail("the scales of input and output are too far apart");
}

}  // namespace inlay
