// SPDX-License-Identifier: Apache-2.0
// Requantization of 64-bit sums: what int16 activations need, whose products leave no room in a float.
#pragma once
#include "core/quant.h"

namespace inlay {

/// multiplier * 2^-shift, a positive real number rounded to 15 bits. 0 <= multiplier < 2^15, 7 <= shift <= 46.
struct FixedScale {
  int32_t multiplier, shift;
};

/// False when `real` is 128 or more; a vanishing one (below 2^-32) becomes zero. Rounded to 31 bits first and from there to
/// 15, as docs/numerics.md defines it.
[[nodiscard]] inline bool make_fixed_scale(double real, FixedScale* out) {
  *out = {0, 46};
  if (!(real < 128.0)) return false;
  if (!(real >= 2.3283064365386963e-10)) return true;
  int32_t exponent = 0;  // real = fraction * 2^exponent, 0.5 <= fraction < 1
  while (real >= 1.0) real *= 0.5, ++exponent;
  while (real < 0.5) real *= 2.0, --exponent;
  auto q31 = static_cast<int64_t>(real * 2147483648.0 + 0.5);
  if (q31 == int64_t{1} << 31) q31 /= 2, ++exponent;
  const int64_t q15 = q31 < 0x7fff0000 ? (q31 + (1 << 15)) >> 16 : 0x7fff;
  *out = {static_cast<int32_t>(q15), 15 - exponent};
  return true;
}

/// q = clamp((acc * scale, rounded to nearest, ties up), range). |acc| is clamped to 2^47, far outside of any range.
inline int32_t requantize(int64_t acc, FixedScale scale, QuantRange range) {
  constexpr int64_t kLimit = int64_t{1} << 47;
  acc = acc < -kLimit ? -kLimit : acc;
  acc = acc > kLimit ? kLimit : acc;
  int64_t v = (acc * scale.multiplier + (int64_t{1} << (scale.shift - 1))) >> scale.shift;
  v = v < range.min ? range.min : v;
  return static_cast<int32_t>(v > range.max ? range.max : v);
}

}  // namespace inlay
