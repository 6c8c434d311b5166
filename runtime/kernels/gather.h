// SPDX-License-Identifier: Apache-2.0
// Picks slices of a table by indices that are only known at run time: they are all checked before anything is copied.
#pragma once
#include <cstdint>
#include <cstring>

namespace inlay::kernels {

/// Table [batch, outer, axis, inner], indices [batch, coords], output [batch, outer, coords, inner].
struct GatherShape {
  int64_t batch, outer, axis, coords, inner_bytes;
};

/// Every one of `count` indices lies in [0, limit).
template <typename Index>
inline bool indices_inside(int64_t count, const Index* indices, int64_t limit) {
  for (int64_t i = 0; i < count; ++i) {
    if (indices[i] < 0 || indices[i] >= limit) return false;
  }
  return true;
}

/// False, and nothing written, when an index lies outside the table.
template <typename Index>
bool gather(const GatherShape& s, const void* table, const Index* indices, void* output) {
  if (!indices_inside(s.batch * s.coords, indices, s.axis)) return false;
  const auto* from = static_cast<const uint8_t*>(table);
  auto* to = static_cast<uint8_t*>(output);
  const auto bytes = static_cast<size_t>(s.inner_bytes);
  for (int64_t b = 0; b < s.batch; ++b, indices += s.coords) {
    for (int64_t o = 0; o < s.outer; ++o, from += s.axis * s.inner_bytes) {
      for (int64_t c = 0; c < s.coords; ++c, to += bytes) {
        std::memcpy(to, from + static_cast<int64_t>(indices[c]) * s.inner_bytes, bytes);
      }
    }
  }
  return true;
}

/// The same for elements of 4 bits, two to a byte, the low half first; `inner` counts elements.
template <typename Index>
bool gather_s4(const GatherShape& s, int64_t inner, const uint8_t* table, const Index* indices, uint8_t* output) {
  if (!indices_inside(s.batch * s.coords, indices, s.axis)) return false;
  int64_t at = 0;
  for (int64_t row = 0; row < s.batch * s.outer; ++row) {
    for (int64_t c = 0; c < s.coords; ++c) {
      const int64_t from = (row * s.axis + static_cast<int64_t>(indices[row / s.outer * s.coords + c])) * inner;
      for (int64_t i = 0; i < inner; ++i, ++at) {
        const int32_t value = table[(from + i) / 2] >> ((from + i) % 2 * 4) & 15;
        if (at % 2 == 0) {
          output[at / 2] = static_cast<uint8_t>(value);
        } else {
          output[at / 2] = static_cast<uint8_t>(output[at / 2] | value << 4);
        }
      }
    }
  }
  return true;
}

}  // namespace inlay::kernels
