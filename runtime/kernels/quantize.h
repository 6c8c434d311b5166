// SPDX-License-Identifier: Apache-2.0
// Between real and quantized values. Quantized to quantized works in place when both have as many bytes.
#pragma once
#include <cstdint>
#include <type_traits>

#include "core/quant.h"

namespace inlay::kernels {

/// float32 -> Q (int8, uint8, int16): rint(v * inverse_scale) + zero, clamped; a NaN becomes the lowest value.
template <typename Q>
inline void quantize_f32(int64_t count, float inverse_scale, int32_t zero, QuantRange range, const float* in, Q* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<Q>(inlay::quantize(in[i], inverse_scale, zero, range));
}

/// What one quantization becomes in another: requantize(q - in_zero, ratio, out_zero, range), ratio = fl(s_in / s_out).
struct Rescale {
  float ratio;
  int32_t in_zero, out_zero;
  QuantRange range;
};

template <typename From, typename To>
inline void rescale(int64_t count, const Rescale& r, const From* in, To* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<To>(requantize(in[i] - r.in_zero, r.ratio, r.out_zero, r.range));
}

/// Between 8-bit tensors of one dtype, with `factor` = rint(256 * ratio): ((q - in_zero) * factor + 256 * out_zero + 128) >> 8,
/// clamped. For 1/256 <= ratio <= 128.
template <typename Q>
inline void rescale_256ths(int64_t count, const Rescale& r, int32_t factor, const Q* in, Q* out) {
  const int32_t bias = r.out_zero * 256 + 128 - r.in_zero * factor;
  for (int64_t i = 0; i < count; ++i) {
    const int32_t v = (in[i] * factor + bias) >> 8;
    out[i] = static_cast<Q>(v < r.range.min ? r.range.min : v > r.range.max ? r.range.max : v);
  }
}

/// The same to or from int32, in double: ties to even.
template <typename From, typename To>
inline void rescale_wide(int64_t count, const Rescale& r, const From* in, To* out) {
  const double low = static_cast<double>(r.range.min) - r.out_zero, high = static_cast<double>(r.range.max) - r.out_zero;
  for (int64_t i = 0; i < count; ++i) {
    double v = (static_cast<double>(in[i]) - r.in_zero) * static_cast<double>(r.ratio);
    v = v < low ? low : v;
    v = v > high ? high : v;
    out[i] = static_cast<To>(static_cast<int64_t>((v + 6755399441055744.0) - 6755399441055744.0) + r.out_zero);
  }
}

/// Quantization along one dim: element (o, c, i) of [outer, channels, inner] has scales[c] and zero_points[c] (NULL: all 0).
struct DequantShape {
  int64_t outer, channels, inner;
};

template <typename Q>
inline void dequantize(const DequantShape& s, const float* scales, const int32_t* zero_points, const Q* in, float* out) {
  using Wide = std::conditional_t<sizeof(Q) == 4, int64_t, int32_t>;
  for (int64_t o = 0; o < s.outer; ++o) {
    for (int64_t c = 0; c < s.channels; ++c) {
      const float scale = scales[c];
      const int32_t zero = zero_points != nullptr ? zero_points[c] : 0;
      for (int64_t i = 0; i < s.inner; ++i) *out++ = static_cast<float>(static_cast<Wide>(*in++) - zero) * scale;
    }
  }
}

/// IEEE binary16 -> binary32, exact, subnormals and NaN payloads included, without hardware for it.
float half_to_float(uint16_t half);
/// IEEE binary32 -> binary16, nearest, ties to even.
uint16_t float_to_half(float value);
void dequantize_f16(int64_t count, const uint16_t* in, float* out);

}  // namespace inlay::kernels
