// SPDX-License-Identifier: Apache-2.0
// The logistic function and tanh of int16 values, outputs in Q15 (scale 1/32768, zero point 0), through one table of the logistic
// function in steps of 1/24. Work in place.
#pragma once
#include <cstdint>

namespace inlay::kernels {

constexpr int32_t kSigmoid16 = 257;
/// table[i] = min(65535, round(65536 * logistic(i / 24))).
void make_sigmoid16(uint16_t* table);

/// in * multiplier >> shift, rounded, counts steps of 1/12288: the integers that a table step of 1/24 divides into 512.
struct Sigmoid16Scale {
  int32_t multiplier, shift;
};
/// False when the scale is too large.
bool make_sigmoid16_scale(float in_scale, Sigmoid16Scale* out);

void logistic_s16(const uint16_t* table, Sigmoid16Scale scale, int64_t count, const int16_t* in, int16_t* out);
void tanh_s16(const uint16_t* table, Sigmoid16Scale scale, int64_t count, const int16_t* in, int16_t* out);

}  // namespace inlay::kernels
