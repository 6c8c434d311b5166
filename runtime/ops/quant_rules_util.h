// SPDX-License-Identifier: Apache-2.0
// Questions about quantization that several ops ask.
#pragma once
#include "ops/op_util.h"

namespace inlay {

/// numerator / denominator of scales. Each is a sane number alone, their quotient need not be; 0 (underflow) is harmless.
inline inlay_status scale_ratio(const Prepare& p, float numerator, float denominator, float* out) {
  *out = numerator / denominator;
  return *out < 1.2e30f ? INLAY_OK : p.fail("the scales of input and output are too far apart");
}

}  // namespace inlay
