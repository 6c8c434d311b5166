// SPDX-License-Identifier: Apache-2.0
#include "kernels/hybrid.h"

namespace inlay::kernels {

HybridGroup hybrid_quantize(int64_t count, const float* in, int8_t* out) {
  float low = 0.0f, high = 0.0f;
  for (int64_t i = 0; i < count; ++i) {  // comparisons that pass over a NaN
    low = in[i] < low ? in[i] : low;
    high = in[i] > high ? in[i] : high;
  }
  const float scale = low == high ? 1.0f : 255.0f / (high - low);
  const float scaled_low = low * scale, scaled_high = high * scale;
  // Of the zero points that the two ends ask for, the one that loses less to rounding at its end.
  const bool from_low = (-128.0f + scaled_low) + (127.0f + scaled_high) > 0.0f;
  float zero = from_low ? -128.0f - scaled_low : 127.0f - scaled_high;
  zero = zero > -128.0f ? zero : -128.0f;  // written so that a NaN, of infinite or vanishing ranges, ends inside too
  zero = zero < 127.0f ? zero : 127.0f;
  const HybridGroup group = {1.0f / scale, round_even(zero)};
  constexpr QuantRange kRange = {-128, 127};
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int8_t>(quantize(in[i], scale, group.zero, kRange));
  return group;
}

}  // namespace inlay::kernels
