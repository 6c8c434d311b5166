// SPDX-License-Identifier: Apache-2.0
// Reductions of any kind over any set of dims; kernels/mean.h splits the dims, and has the sums that must be fast.
#pragma once
#include "kernels/mean.h"

namespace inlay::kernels {

/// output[k] = store(join(... join(join(start, x0), x1) ...)) over the reduced elements, in order, for every kept index.
template <typename Acc, typename T, typename Join, typename Store>
inline void reduce(const MeanShape& s, const T* input, Acc start, T* output, Join join, Store store) {
  constexpr int32_t kBlock = 32;  // neighbours reduced together: their accumulators stay on the stack
  for (int64_t k = 0; k < s.kept.count; ++k) {
    const T* base = input + offset_of(s.kept, k);
    if (s.inner_reduced) {
      Acc acc = start;
      for (int64_t r = 0; r < s.reduced.count; ++r) {
        const T* x = base + offset_of(s.reduced, r);
        for (int32_t i = 0; i < s.inner; ++i) acc = join(acc, x[i]);
      }
      *output++ = store(acc);
      continue;
    }
    for (int32_t c0 = 0; c0 < s.inner; c0 += kBlock) {
      const int32_t n = s.inner - c0 < kBlock ? s.inner - c0 : kBlock;
      Acc acc[kBlock];
      for (int32_t i = 0; i < n; ++i) acc[i] = start;
      for (int64_t r = 0; r < s.reduced.count; ++r) {
        const T* x = base + offset_of(s.reduced, r) + c0;
        for (int32_t i = 0; i < n; ++i) acc[i] = join(acc[i], x[i]);
      }
      for (int32_t i = 0; i < n; ++i) *output++ = store(acc[i]);
    }
  }
}

}  // namespace inlay::kernels
