// SPDX-License-Identifier: Apache-2.0
// The index of the largest, or smallest, value along one dim.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Input [outer, size, inner], output [outer, inner]; size >= 1. The first of equal values wins; a NaN is never larger.
struct ArgMaxShape {
  int64_t outer;
  int64_t inner;
  int32_t size;
  int32_t gap = 0;
};

/// Of 8-bit values that lie side by side, fewer than 2^23: each is joined with its index, so that the largest of all joined
/// numbers, which a loop without branches finds, has the first of the largest values in its upper bits.
template <bool kLargest, typename T>
inline int32_t arg_max_of_bytes(int32_t size, const T* x) {
  constexpr int32_t kMiddle = T(-1) < T(0) ? 0 : 128, kLow = (1 << 23) - 1;
  int32_t best = INT32_MIN;
  for (int32_t k = 0; k < size; ++k) {
    const int32_t v = x[k] - kMiddle, joined = (kLargest ? v : ~v) * (1 << 23) + (kLow - k);
    best = joined > best ? joined : best;
  }
  return kLow - (best & kLow);
}

template <bool kLargest = true, typename T, typename Index>
inline void arg_max(const ArgMaxShape& s, const T* input, Index* output) {
  if constexpr (sizeof(T) == 1) {
    if (s.inner == 1 && s.size < 1 << 23) {
      for (int64_t o = 0; o < s.outer; ++o) output[o] = arg_max_of_bytes<kLargest>(s.size, input + o * s.size);
      return;
    }
  }
  for (int64_t o = 0; o < s.outer; ++o, input += s.size * s.inner) {
    for (int64_t i = 0; i < s.inner; ++i) {
      int32_t best = 0;
      T value = input[i];
      for (int32_t k = 1; k < s.size; ++k) {  // without branches: which value wins is hard to foresee
        const T other = input[k * s.inner + i];
        const bool wins = kLargest ? other > value : other < value;
        best = wins ? k : best;
        value = wins ? other : value;
      }
      *output++ = best;
    }
  }
}

}  // namespace inlay::kernels
