// SPDX-License-Identifier: Apache-2.0
#include "kernels/matvec.h"

#include "core/math.h"

namespace inlay::kernels {
namespace {

/// Nearest integer, ties away from zero, clamped; a NaN becomes `low`.
int32_t round_away(float v, float low, float high) {
  v = v > low ? v : low;
  v = v < high ? v : high;
  return static_cast<int32_t>(v < 0.0f ? v - 0.5f : v + 0.5f);
}

DynamicVector quantize_symmetric(int32_t count, const float* in, int8_t* out) {
  float largest = 0.0f;
  for (int32_t i = 0; i < count; ++i) {
    const float a = in[i] < 0.0f ? -in[i] : in[i];
    largest = a > largest ? a : largest;
  }
  const float inverse = largest == 0.0f ? 1.0f : 127.0f / largest;
  for (int32_t i = 0; i < count; ++i) out[i] = static_cast<int8_t>(round_away(in[i] * inverse, -127.0f, 127.0f));
  return {out, largest == 0.0f ? 1.0f : largest / 127.0f, 0};
}

DynamicVector quantize_asymmetric(int32_t count, const float* in, int8_t* out) {
  float low = 0.0f, high = 0.0f;
  for (int32_t i = 0; i < count; ++i) {
    low = in[i] < low ? in[i] : low;
    high = in[i] > high ? in[i] : high;
  }
  double scale = 1.0;
  int32_t zero = 0;
  if (low != high) {
    scale = (static_cast<double>(high) - static_cast<double>(low)) / 255.0;
    // Of the zero points that the two ends ask for, that of the nearer end, which loses less to rounding.
    const double to_low = -low / scale, to_high = high / scale;
    zero = round_away(static_cast<float>(128.0 + to_low < 127.0 + to_high ? to_low - 128.0 : 127.0 - to_high), -128.0f, 127.0f);
  }
  const double factor = 1.0 / scale;
  const auto inverse = static_cast<float>(factor < 3e38 ? factor : 3e38);
  const auto offset = static_cast<float>(zero);
  for (int32_t i = 0; i < count; ++i) out[i] = static_cast<int8_t>(round_away(offset + in[i] * inverse, -128.0f, 127.0f));
  return {out, static_cast<float>(scale), zero};
}

}  // namespace

DynamicVector quantize_vector(int32_t count, const float* in, bool asymmetric, int8_t* out) {
  return asymmetric ? quantize_asymmetric(count, in, out) : quantize_symmetric(count, in, out);
}

void add_product_f32(int32_t rows, int32_t cols, const float* weights, const float* x, float* out) {
  for (int32_t r = 0; r < rows; ++r, weights += cols) out[r] += dot(cols, weights, x);
}

void add_product_hybrid(int32_t rows, int32_t cols, const int8_t* weights, float weight_scale, const DynamicVector& x, float* out) {
  const float scale = x.scale * weight_scale;
  for (int32_t r = 0; r < rows; ++r, weights += cols) out[r] += static_cast<float>(dot(cols, x.q, x.zero, weights)) * scale;
}

void activate_f32(int64_t count, uint32_t activation, float* values) {
  if (activation == INLAY_ACT_NONE) return;
  if (activation == INLAY_ACT_TANH) {
    for (int64_t i = 0; i < count; ++i) values[i] = tanh_det(values[i]);
    return;
  }
  const FloatRange range = activation_range(activation);
  for (int64_t i = 0; i < count; ++i) values[i] = clamp(values[i], range);
}

}  // namespace inlay::kernels
