// SPDX-License-Identifier: Apache-2.0
// Normalization along the last dim. All but the last work in place.
#pragma once
#include <cstdint>

#include "core/quant.h"

namespace inlay::kernels {

/// Input and output [rows, depth].
struct RowShape {
  int64_t rows;
  int32_t depth;
  int32_t gap = 0;
};

/// x / max(sqrt(sum x^2), 1e-6) per row.
void l2_normalize_f32(const RowShape& shape, const float* in, float* out);
/// round(d / sqrt(sum d^2) / out_scale + out_zero), d = x - in_zero, ties away from zero, clamped; a row of zeros stays zero.
template <typename T>
void l2_normalize_q8(const RowShape& shape, int32_t in_zero, float out_scale, int32_t out_zero, QuantRange range, const T* in, T* out);

/// x - max - ln(sum e^(x - max)) per row.
void log_softmax_f32(const RowShape& shape, const float* in, float* out);
/// The same of d = (x - max) * in_scale; the sum runs over softmax_table(1, in_scale). Ties away from zero, clamped.
template <typename T>
void log_softmax_q8(const RowShape& shape, const uint32_t* table, float in_scale, float out_scale, int32_t out_zero, QuantRange range,
                    const T* in, T* out);

/// x * (bias + alpha * sum of x^2 over the neighbours up to `radius` away)^-beta. Not in place.
struct ResponseParams {
  float alpha, beta, bias;
  int32_t radius;
};
void local_response_f32(const RowShape& shape, const ResponseParams& params, const float* in, float* out);

}  // namespace inlay::kernels
