// SPDX-License-Identifier: Apache-2.0
// int4 weights: two to a byte, the first in the low bits, without gaps between rows.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Elements first .. first + count - 1, sign-extended.
inline void unpack_int4(const uint8_t* packed, int64_t first, int64_t count, int8_t* out) {
  const auto low = [](uint8_t byte) { return static_cast<int8_t>(((byte & 15) ^ 8) - 8); };
  packed += first / 2;
  int64_t i = 0;
  if (first % 2 != 0 && count > 0) out[i++] = low(*packed++ >> 4);
  for (; i + 1 < count; i += 2, ++packed) {
    out[i] = low(*packed);
    out[i + 1] = low(*packed >> 4);
  }
  if (i < count) out[i] = low(*packed);
}

}  // namespace inlay::kernels
