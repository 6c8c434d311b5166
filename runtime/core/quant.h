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

/// q = clamp(rint(float(acc) * scale) + zero_point). The clamp comes first, in float, on integral bounds: same result, and
/// the conversion can then never overflow.
inline int32_t requantize(int32_t acc, float scale, int32_t zero_point, QuantRange range) {
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
