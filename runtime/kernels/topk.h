// SPDX-License-Identifier: Apache-2.0
// The k largest values of rows, in descending order, with their indices; of equal values the first goes first.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Input [rows, depth], outputs [rows, k], 0 <= k <= depth. The outputs are kept sorted while the row is read: no memory beside
/// them, k * depth steps at worst.
struct TopkShape {
  int64_t rows;
  int32_t depth, k;
};

template <typename T>
inline void topk(const TopkShape& s, const T* in, T* values, int32_t* indices) {
  for (int64_t r = 0; r < s.rows; ++r, in += s.depth, values += s.k, indices += s.k) {
    int32_t count = 0;
    for (int32_t i = 0; i < s.depth; ++i) {
      const T v = in[i];
      if (count == s.k && (count == 0 || !(v > values[count - 1]))) continue;
      int32_t at = count < s.k ? count++ : count - 1;
      for (; at > 0 && v > values[at - 1]; --at) {
        values[at] = values[at - 1];
        indices[at] = indices[at - 1];
      }
      values[at] = v;
      indices[at] = i;
    }
  }
}

}  // namespace inlay::kernels
