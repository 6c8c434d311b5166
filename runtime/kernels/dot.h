// SPDX-License-Identifier: Apache-2.0
// Inner products, written so that compilers vectorize them.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Eight partial sums: strict float arithmetic lets the compiler vectorize only an order that is written down.
inline float dot(const float* a, const float* b, int32_t n) {
  constexpr int32_t kLanes = 8;
  float lanes[kLanes] = {};
  int32_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int32_t j = 0; j < kLanes; ++j) lanes[j] += a[i + j] * b[i + j];
  }
  for (int32_t j = 0; i < n; ++i, ++j) lanes[j] += a[i] * b[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/// Sum of (a - a_zero) * (b - b_zero) of 8-bit values. In uint32_t: a sum beyond int32 wraps, as defined, rather than being
/// undefined behaviour.
template <typename A, typename B>
inline uint32_t dot_offset(const A* a, int32_t a_zero, const B* b, int32_t b_zero, int32_t n) {
  uint32_t sum = 0;
  for (int32_t i = 0; i < n; ++i) sum += static_cast<uint32_t>((a[i] - a_zero) * (b[i] - b_zero));
  return sum;
}

/// Sum of a * b of 16-bit by 8-bit values, exact. Blocks of 256 products, each at most 2^22, stay inside an int32.
inline int64_t dot_wide(const int16_t* a, const int8_t* b, int32_t n) {
  int64_t sum = 0;
  while (n > 0) {
    const int32_t block = n < 256 ? n : 256;
    int32_t part = 0;
    for (int32_t i = 0; i < block; ++i) part += a[i] * b[i];
    sum += part;
    a += block, b += block, n -= block;
  }
  return sum;
}

}  // namespace inlay::kernels
