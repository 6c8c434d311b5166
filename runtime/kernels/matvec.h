// SPDX-License-Identifier: Apache-2.0
// Matrix times vector, as the recurrent ops need it. Weights are [rows, cols], row after row.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/dot.h"

namespace inlay::kernels {

/// A float vector, quantized by its own range: real = (q - zero) * scale.
struct DynamicVector {
  const int8_t* q;
  float scale;
  int32_t zero;
};

/// Quantizes `count` floats into `out`; symmetric unless `asymmetric`. The arithmetic of LiteRT's hybrid recurrent ops, which
/// is not that of its convolutions (docs/numerics.md). Safe for NaN and infinities, which give no meaningful numbers.
DynamicVector quantize_vector(int32_t count, const float* in, bool asymmetric, int8_t* out);

/// Adds weights * x to out.
void add_product_f32(int32_t rows, int32_t cols, const float* weights, const float* x, float* out);
/// The same with int8 weights: out[r] += float(sum of (q - zero) * w) * (x.scale * weight_scale).
void add_product_hybrid(int32_t rows, int32_t cols, const int8_t* weights, float weight_scale, const DynamicVector& x, float* out);

inline float dot(int32_t n, const float* a, const float* b) { return dot(a, b, n); }

/// Sum of (x - zero) * w. int32 wraps around, as every 8-bit sum of this library; 16-bit activations need 64 bits.
inline int32_t dot(int32_t n, const int8_t* x, int32_t zero, const int8_t* w) {
  return static_cast<int32_t>(dot_offset(x, zero, w, 0, n));
}
inline int64_t dot(int32_t n, const int16_t* x, int32_t zero, const int8_t* w) {
  int64_t acc = 0;
  for (int32_t i = 0; i < n; ++i) acc += (x[i] - zero) * w[i];
  return acc;
}

/// Applies `activation` (NONE, the clamps, TANH) in place.
void activate_f32(int64_t count, uint32_t activation, float* values);

}  // namespace inlay::kernels
