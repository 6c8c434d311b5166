// SPDX-License-Identifier: Apache-2.0
// Clamps and PReLU. Outputs may be the same memory as the input.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/broadcast.h"

namespace inlay::kernels {

void relu_f32(int64_t count, FloatRange range, const float* in, float* out);

/// x where x >= 0, x * alpha elsewhere; `plan` broadcasts alpha (operand b) against x (operand a).
void prelu_f32(const Broadcast& plan, const float* in, const float* alpha, float* out);

/// d = x - in_zero; d >= 0: requantize(d, ratio), else requantize(d * (alpha - alpha_zero), alpha_ratio).
struct PreluQuant {
  float ratio;        ///< fl(s_in / s_out)
  float alpha_ratio;  ///< fl(fl(s_in * s_alpha) / s_out)
  int32_t in_zero, alpha_zero, out_zero;
  QuantRange range;
};
void prelu_s8(const Broadcast& plan, const PreluQuant& quant, const int8_t* in, const int8_t* alpha, int8_t* out);
void prelu_u8(const Broadcast& plan, const PreluQuant& quant, const uint8_t* in, const uint8_t* alpha, uint8_t* out);

}  // namespace inlay::kernels
