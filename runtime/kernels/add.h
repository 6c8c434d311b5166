// SPDX-License-Identifier: Apache-2.0
// Element-wise addition and subtraction with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/broadcast.h"
#include "kernels/wrap.h"

namespace inlay::kernels {

/// q = clamp(((a - a_zero) * a_factor + (b - b_zero) * b_factor + half) >> shift + output_zero): integers only, so every
/// machine agrees. The factors are s_a / s_out and s_b / s_out in fixed point, the larger of them in [2^bits, 2^(bits+1)]. A
/// subtraction is an addition whose b_factor is negative.
struct AddQuant {
  int32_t a_factor, b_factor;
  int32_t a_zero, b_zero, output_zero;
  int32_t shift;  ///< -20..62; negative: to the left
  QuantRange range;
};

constexpr int32_t kAddBits8 = 20;   ///< of 8-bit values: sums fit into 32 bits for every usual pair of scales
constexpr int32_t kAddBits16 = 30;  ///< of 16-bit values, whose sums need 64 bits anyway

/// Computes the factors and the shift of `quant` from the scales. False when a quotient of scales is not finite.
[[nodiscard]] bool make_add_factors(float a_scale, float b_scale, float output_scale, int32_t bits, AddQuant* quant);

void add_s8(const Broadcast& plan, const AddQuant& quant, const int8_t* a, const int8_t* b, int8_t* output);
void add_u8(const Broadcast& plan, const AddQuant& quant, const uint8_t* a, const uint8_t* b, uint8_t* output);
void add_s16(const Broadcast& plan, const AddQuant& quant, const int16_t* a, const int16_t* b, int16_t* output);

void add_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output);
void sub_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output);

/// Integers as they are (int16_t, int32_t, int64_t): wrap around on overflow, then clamp.
template <typename T>
void add_int(const Broadcast& plan, IntRange range, const T* a, const T* b, T* output);
template <typename T>
void sub_int(const Broadcast& plan, IntRange range, const T* a, const T* b, T* output);

}  // namespace inlay::kernels
