// SPDX-License-Identifier: Apache-2.0
#include "kernels/int4.h"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace inlay::kernels {
namespace {

// Not inlined: GCC 12 otherwise unrolls the loops of the test and warns of writes that cannot happen.
[[gnu::noinline]] void unpack(const uint8_t* packed, int64_t first, int64_t count, int8_t* out) {
  unpack_int4(packed, first, count, out);
}

TEST(Int4, UnpacksFromAnyElement) {
  const uint8_t packed[] = {0x10, 0x7f, 0x98, 0x0e};  // 0 1 -1 7 -8 -7 -2 (0)
  const std::vector<int8_t> all = {0, 1, -1, 7, -8, -7, -2};
  for (int64_t first = 0; first <= 7; ++first) {
    for (int64_t count = 0; first + count <= 7; ++count) {
      std::array<int8_t, 8> got;
      got.fill(99);
      unpack(packed, first, count, got.data());
      for (int64_t i = 0; i < count; ++i) EXPECT_EQ(got[static_cast<size_t>(i)], all[static_cast<size_t>(first + i)]);
      EXPECT_EQ(got[static_cast<size_t>(count)], 99);
    }
  }
}

}  // namespace
}  // namespace inlay::kernels
