// SPDX-License-Identifier: Apache-2.0
// One input's share of a concatenation: `outer` slices of `slice` elements, `stride` elements apart in the output.
#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/quantize.h"

namespace inlay::kernels {

inline void concat_copy(int64_t outer, int64_t slice_bytes, int64_t stride_bytes, const void* input, void* output) {
  const auto* from = static_cast<const uint8_t*>(input);
  auto* to = static_cast<uint8_t*>(output);
  if (slice_bytes == 0) return;
  if (outer == 1 && from == to) return;  // the planner let the producer write it in place
  for (int64_t o = 0; o < outer; ++o) std::memcpy(to + o * stride_bytes, from + o * slice_bytes, static_cast<size_t>(slice_bytes));
}

template <typename T>
inline void concat_rescale(int64_t outer, int64_t slice, int64_t stride, const Rescale& r, const T* input, T* output) {
  for (int64_t o = 0; o < outer; ++o) rescale(slice, r, input + o * slice, output + o * stride);
}

}  // namespace inlay::kernels
