// SPDX-License-Identifier: Apache-2.0
// Element-wise addition with broadcasting. output may be the same memory as a when a has as many elements as the output.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/broadcast.h"

namespace inlay::kernels {

/// q = clamp(((a - a_zero) * a_factor + (b - b_zero) * b_factor + half) >> shift + output_zero): integers only, so every
/// machine agrees. The factors are s_a / s_out and s_b / s_out in fixed point, the larger of them in [2^20, 2^21].
struct AddQuant {
  int32_t a_factor, b_factor;
  int32_t a_zero, b_zero, output_zero;
  int32_t shift;  ///< -20..62; negative: to the left
  QuantRange range;
};

/// Computes the factors and the shift of `quant` from the scales. False when a quotient of scales is not finite.
[[nodiscard]] bool make_add_factors(float a_scale, float b_scale, float output_scale, AddQuant* quant);

void add_s8(const Broadcast& plan, const AddQuant& quant, const int8_t* a, const int8_t* b, int8_t* output);
void add_u8(const Broadcast& plan, const AddQuant& quant, const uint8_t* a, const uint8_t* b, uint8_t* output);
/// Wraps around on overflow, then clamps.
void add_s32(const Broadcast& plan, QuantRange range, const int32_t* a, const int32_t* b, int32_t* output);
void add_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output);

}  // namespace inlay::kernels
