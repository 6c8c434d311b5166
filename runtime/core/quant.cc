// SPDX-License-Identifier: Apache-2.0
#include "core/quant.h"

#include <limits>

namespace inlay {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Where the real value `v` lies on the quantized axis, clamped to the dtype's range. v / scale, not v * (1 / scale):
/// bounds are computed once, so the better-rounded quotient costs nothing.
int32_t bound(float v, float scale, int32_t zero_point, QuantRange range) {
  return quantize(v / scale, 1.0f, zero_point, range);
}

}  // namespace

QuantRange activation_range(uint32_t dtype, uint32_t activation, float scale, int32_t zero_point) {
  QuantRange range = dtype_range(dtype);
  const FloatRange real = activation_range(activation);
  if (activation == INLAY_ACT_NONE || !(scale > 0.0f)) return range;
  QuantRange out = range;
  if (real.min > -kInfinity) out.min = bound(real.min, scale, zero_point, range);
  if (real.max < kInfinity) out.max = bound(real.max, scale, zero_point, range);
  return out;
}

FloatRange activation_range(uint32_t activation) {
  switch (activation) {
    case INLAY_ACT_RELU: return {0.0f, kInfinity};
    case INLAY_ACT_RELU6: return {0.0f, 6.0f};
    case INLAY_ACT_RELU_N1_TO_1: return {-1.0f, 1.0f};
    case INLAY_ACT_RELU_0_TO_1: return {0.0f, 1.0f};
    default: return {-kInfinity, kInfinity};
  }
}

}  // namespace inlay
