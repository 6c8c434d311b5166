// SPDX-License-Identifier: Apache-2.0
// Comparisons with broadcasting. Results are bytes: 1 true, 0 false.
#pragma once
#include <cstdint>

#include "kernels/broadcast.h"

namespace inlay::kernels {

enum class Comparison : uint8_t { kEqual, kNotEqual, kLess, kLessEqual };  ///< the other two are these with the operands swapped

/// Values as stored. T: float, int8_t, uint8_t, int16_t, int32_t, int64_t; of floats, a NaN equals nothing and is less than nothing.
template <typename T>
void compare(const Broadcast& plan, Comparison how, const T* a, const T* b, uint8_t* output);

/// Booleans: any byte but 0 is true. kEqual and kNotEqual only.
void compare_bool(const Broadcast& plan, Comparison how, const uint8_t* a, const uint8_t* b, uint8_t* output);

/// A quantized value in steps of 1/256, rounded twice: h = ((q - zero) * 2^left * factor + 2^30) >> 31, then h / 2^shift to the
/// nearest, ties away from zero. The scale is factor * 2^(left - 8 - 31 - shift).
struct CompareScale {
  int32_t factor;  ///< in [2^30, 2^31)
  int32_t shift;   ///< 0..31
  int32_t left;    ///< 8, up to 15 of scales above 1
  int32_t zero;
};

/// The scale is positive. False when it is 128 or more.
[[nodiscard]] bool make_compare_scale(float scale, int32_t zero, CompareScale* out);

/// Real values of quantized operands. T: int8_t, uint8_t, int16_t.
template <typename T>
void compare_quant(const Broadcast& plan, Comparison how, const CompareScale& a_scale, const CompareScale& b_scale, const T* a,
                   const T* b, uint8_t* output);

}  // namespace inlay::kernels
