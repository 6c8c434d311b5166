// SPDX-License-Identifier: Apache-2.0
// Element-wise multiplication and division with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/broadcast.h"
#include "kernels/wrap.h"

namespace inlay::kernels {

/// MUL: q = clamp(rint((a - a_zero) * (b - b_zero) * scale) + output_zero), scale = s_a * s_b / s_out.
/// DIV: the same of (a - a_zero) * scale / (b - b_zero), ties away from zero, scale = s_a / s_b / s_out.
struct MulQuant {
  int32_t a_zero, b_zero, output_zero;
  float scale;
  QuantRange range;
};

/// T: int8_t, uint8_t, int16_t.
template <typename T>
void mul_quant(const Broadcast& plan, const MulQuant& quant, const T* a, const T* b, T* output);
void mul_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output);
/// T: int16_t, int32_t, uint32_t, int64_t as they are; wraps around, then clamps.
template <typename T>
void mul_int(const Broadcast& plan, IntRange range, const T* a, const T* b, T* output);

/// T: int8_t, uint8_t, int16_t. No b may be b_zero.
template <typename T>
void div_quant(const Broadcast& plan, const MulQuant& quant, const T* a, const T* b, T* output);
void div_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output);
/// Rounds toward zero, then clamps; INT32_MIN / -1 is INT32_MAX. No b may be 0.
void div_s32(const Broadcast& plan, IntRange range, const int32_t* a, const int32_t* b, int32_t* output);

/// Is `value` among the `count` elements of `b`? Divisions ask before they compute.
template <typename T>
inline bool contains(const T* b, int64_t count, T value) {
  bool found = false;
  for (int64_t i = 0; i < count; ++i) found |= b[i] == value;  // no early exit: it vectorizes
  return found;
}

}  // namespace inlay::kernels
