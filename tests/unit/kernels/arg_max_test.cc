// SPDX-License-Identifier: Apache-2.0
#include "kernels/arg_max.h"

#include <gtest/gtest.h>

namespace inlay::kernels {
namespace {

TEST(ArgMax, FirstOfTiesWins) {
  const int8_t in[5] = {-128, 3, 127, 127, 0};
  int32_t out = -1;
  arg_max(ArgMaxShape{1, 1, 5}, in, &out);
  EXPECT_EQ(out, 2);
  const uint8_t same[3] = {0, 0, 0};
  arg_max(ArgMaxShape{1, 1, 3}, same, &out);
  EXPECT_EQ(out, 0);
}

TEST(ArgMax, MiddleDim) {
  const float in[12] = {1, 9, 5, 2, 3, 4, -1, -9, -5, -2, -3, -4};  // [2, 3, 2]
  int64_t out[4];
  arg_max(ArgMaxShape{2, 2, 3}, in, out);
  const int64_t want[4] = {1, 0, 0, 1};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(out[i], want[i]);
}

TEST(ArgMax, SizeOneAndEmpty) {
  const float in[2] = {3, 4};
  int32_t out[2] = {7, 7};
  arg_max(ArgMaxShape{2, 1, 1}, in, out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[1], 0);
  arg_max(ArgMaxShape{0, 1, 5}, in, out);
}

}  // namespace
}  // namespace inlay::kernels
