// SPDX-License-Identifier: Apache-2.0
// Reductions over slices that carry the number of their segment.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// `count` slices of `slice` elements go to `segments` results of `slice` elements.
struct Segments {
  int64_t count, slice, segments;
};

/// Combine::first<T>() begins each result, Combine::of(result, element) goes on. Negative ids are left out; false when an id is
/// `segments` or more.
template <typename Combine, typename T>
bool reduce_segments(const Segments& s, const int32_t* ids, const T* input, T* output) {
  for (int64_t i = 0; i < s.segments * s.slice; ++i) output[i] = Combine::template first<T>();
  for (int64_t i = 0; i < s.count; ++i, input += s.slice) {
    if (ids[i] >= s.segments) return false;
    if (ids[i] < 0) continue;
    T* const to = output + ids[i] * s.slice;
    for (int64_t k = 0; k < s.slice; ++k) to[k] = Combine::of(to[k], input[k]);
  }
  return true;
}

}  // namespace inlay::kernels
