// SPDX-License-Identifier: Apache-2.0
// The one integer arithmetic of Inlay (docs/numerics.md): every kernel, twin and backend gives these bits.
#pragma once
#include <cstdint>
#include <cstring>

#include "inlay/graph.h"

namespace inlay {

/// Nearest integer, ties to even, of |v| < 2^22. Adding 1.5 * 2^23 pushes the fraction out of the mantissa, so that the
/// FPU (or soft float) rounds once, in the default mode; vectorizes everywhere. Needs strict float arithmetic.
inline int32_t round_even(float v) {
  const float shifted = v + 12582912.0f;
  int32_t bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  return bits - 0x4B400000;
}

/// Range of a quantized result after its fused activation.
struct QuantRange {
  int32_t min, max;
};

/// v / 2^shift, rounded to the nearest integer, ties to even; 0 <= shift < 64.
inline uint64_t shift_even(uint64_t v, uint32_t shift) {
  if (shift == 0) return v;
  const uint64_t whole = v >> shift, rest = v & ((uint64_t{1} << shift) - 1), half = uint64_t{1} << (shift - 1);
  return whole + (rest > half || (rest == half && (whole & 1) != 0) ? 1 : 0);
}

/// requantize() in integers, for processors without floating point: float(acc) is rounded to 24 bits as the conversion does, the
/// product of two mantissas to 24 bits as the multiplication does, that to an integer. scale is positive and finite.
inline int32_t requantize_by_integers(int32_t acc, float scale, int32_t zero_point, QuantRange range) {
  constexpr uint32_t kMantissa = 24;
  uint32_t bits;
  std::memcpy(&bits, &scale, sizeof(bits));
  const uint32_t field = bits >> 23;
  const uint64_t factor = field != 0 ? (bits & 0x7fffff) | 0x800000 : bits;
  auto exponent = static_cast<int32_t>(field != 0 ? field : 1) - 150;  // scale = factor * 2^exponent
  uint64_t v = acc < 0 ? 0u - static_cast<uint32_t>(acc) : static_cast<uint32_t>(acc);
  if (v == 0 || factor == 0) v = 0, exponent = 0;
  for (int32_t step = 0; step < 2 && v != 0; ++step) {
    if (step == 1) v *= factor;
    const auto length = static_cast<uint32_t>(64 - __builtin_clzll(v));
    const uint32_t shift = length > kMantissa ? length - kMantissa : 0;
    v = shift_even(v, shift);
    exponent += static_cast<int32_t>(shift);
  }
  // Beyond 2^16 on either side no zero point matters; below one half nothing is left (v < 2^25).
  if (exponent > 0) v = exponent < 16 ? v << exponent : v != 0 ? uint64_t{1} << 40 : 0;
  if (exponent < 0) v = exponent > -26 ? shift_even(v, static_cast<uint32_t>(-exponent)) : 0;
  const int64_t q = (acc < 0 ? -static_cast<int64_t>(v) : static_cast<int64_t>(v)) + zero_point;
  return static_cast<int32_t>(q < range.min ? range.min : q > range.max ? range.max : q);
}

/// q = clamp(rint(float(acc) * scale) + zero_point). The clamp comes first, in float, on integral bounds: same result, and
/// the conversion can then never overflow.
inline int32_t requantize(int32_t acc, float scale, int32_t zero_point, QuantRange range) {
#if defined(__arm__) && !defined(__ARM_FP)
  return requantize_by_integers(acc, scale, zero_point, range);
#endif
  float v = static_cast<float>(acc) * scale;
  const float low = static_cast<float>(range.min - zero_point);
  const float high = static_cast<float>(range.max - zero_point);
  v = v < low ? low : v;
  v = v > high ? high : v;
  return round_even(v) + zero_point;
}

/// q = clamp(rint(v / scale) + zero_point) of a real value, as QUANTIZE does.
inline int32_t quantize(float v, float inverse_scale, int32_t zero_point, QuantRange range) {
  float q = v * inverse_scale;
  const float low = static_cast<float>(range.min - zero_point);
  const float high = static_cast<float>(range.max - zero_point);
  q = q > low ? q : low;  // a NaN becomes the lowest value
  q = q < high ? q : high;
  return round_even(q) + zero_point;
}

/// Lowest and highest value of a quantized dtype.
inline QuantRange dtype_range(uint32_t dtype) {
  switch (dtype) {
    case INLAY_INT8: return {-128, 127};
    case INLAY_UINT8: return {0, 255};
    case INLAY_INT16: return {-32768, 32767};
    case INLAY_INT4: return {-7, 7};
    default: return {INT32_MIN, INT32_MAX};
  }
}

/// Range of a quantized output after `activation` (an inlay_activation).
QuantRange activation_range(uint32_t dtype, uint32_t activation, float scale, int32_t zero_point);

/// Range of a float output after `activation`.
struct FloatRange {
  float min, max;
};
FloatRange activation_range(uint32_t activation);

inline float clamp(float v, FloatRange r) {
  v = v < r.min ? r.min : v;
  return v > r.max ? r.max : v;
}

}  // namespace inlay
