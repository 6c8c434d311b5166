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
};

template <bool kLargest = true, typename T, typename Index>
inline void arg_max(const ArgMaxShape& s, const T* input, Index* output) {
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
