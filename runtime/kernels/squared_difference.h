// SPDX-License-Identifier: Apache-2.0
// (a - b)^2 with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/broadcast.h"

namespace inlay::kernels {

/// Each operand in steps of 1/64 of the larger scale m: A = ((a - a_zero) * a_factor + 2^14) >> 15, a_factor = rint(2^21 s_a / m);
/// then q = clamp(rint((A - B)^2 * scale) + output_zero), scale = m^2 / (4096 s_out).
struct SquaredDifferenceQuant {
  int32_t a_factor, b_factor;
  int32_t a_zero, b_zero, output_zero;
  float scale;
  QuantRange range;
};

/// Computes the factors and the scale of `quant`; every scale lies in 2^-100..2^100. False when they are too far apart.
[[nodiscard]] bool make_squared_difference(float a_scale, float b_scale, float output_scale, SquaredDifferenceQuant* quant);

void squared_difference_s8(const Broadcast& plan, const SquaredDifferenceQuant& quant, const int8_t* a, const int8_t* b,
                           int8_t* output);
void squared_difference_f32(const Broadcast& plan, const float* a, const float* b, float* output);
/// Wraps around on overflow.
void squared_difference_s32(const Broadcast& plan, const int32_t* a, const int32_t* b, int32_t* output);

}  // namespace inlay::kernels
