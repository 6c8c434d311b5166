// SPDX-License-Identifier: Apache-2.0
#include "kernels/concatenation.h"

#include <gtest/gtest.h>

namespace inlay::kernels {
namespace {

TEST(Concatenation, SlicesInterleave) {
  // [2, 1] and [2, 2] along the last dim.
  const int16_t a[2] = {1, 4}, b[4] = {2, 3, 5, 6};
  int16_t out[6];
  concat_copy(2, 2, 6, a, out);
  concat_copy(2, 4, 6, b, out + 1);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(out[i], i + 1);
}

TEST(Concatenation, EmptyInputTouchesNothing) {
  int8_t out = 9;
  concat_copy(3, 0, 1, nullptr, &out);
  EXPECT_EQ(out, 9);
}

TEST(Concatenation, RescalesToTheOutput) {
  // Twice the scale, zero point 255 -> 0: q = 2 * (x - 255) + 100.
  const uint8_t in[4] = {255, 205, 230, 0};
  uint8_t out[6] = {7, 7, 7, 7, 7, 7};
  concat_rescale(2, 2, 3, {2.0f, 255, 100, {0, 255}}, in, out);
  const uint8_t want[6] = {100, 0, 7, 50, 0, 7};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(out[i], want[i]);
}

}  // namespace
}  // namespace inlay::kernels
