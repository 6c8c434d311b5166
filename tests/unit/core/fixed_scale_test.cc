// SPDX-License-Identifier: Apache-2.0
#include "core/fixed_scale.h"

#include <gtest/gtest.h>

#include <cmath>

namespace inlay {
namespace {

constexpr QuantRange kAll = {-32768, 32767};

TEST(FixedScale, KeepsFifteenBits) {
  for (double real = 1e-9; real < 128.0; real *= 1.37) {
    FixedScale s;
    ASSERT_TRUE(make_fixed_scale(real, &s));
    EXPECT_LT(s.multiplier, 1 << 15);
    EXPECT_GE(s.shift, 7);
    EXPECT_LE(s.shift, 46);
    EXPECT_NEAR(std::ldexp(s.multiplier, -s.shift) / real, 1.0, 1.0 / (1 << 14));
  }
}

TEST(FixedScale, RefusesLargeOnesAndNumbersThatAreNone) {
  FixedScale s;
  EXPECT_FALSE(make_fixed_scale(128.0, &s));
  EXPECT_FALSE(make_fixed_scale(INFINITY, &s));
  EXPECT_FALSE(make_fixed_scale(NAN, &s));
  ASSERT_TRUE(make_fixed_scale(1e-30, &s));
  EXPECT_EQ(requantize(int64_t{1} << 40, s, kAll), 0);
}

TEST(FixedScale, TiesGoUpAndRangesHold) {
  FixedScale half;
  ASSERT_TRUE(make_fixed_scale(0.5, &half));
  EXPECT_EQ(requantize(int64_t{3}, half, kAll), 2);
  EXPECT_EQ(requantize(int64_t{-3}, half, kAll), -1);
  EXPECT_EQ(requantize(INT64_MAX, half, kAll), 32767);
  EXPECT_EQ(requantize(INT64_MIN, half, kAll), -32768);
  EXPECT_EQ(requantize(int64_t{100}, half, {0, 6}), 6);
  FixedScale largest;
  ASSERT_TRUE(make_fixed_scale(127.99999999, &largest));
  EXPECT_EQ(requantize(INT64_MAX, largest, kAll), 32767);
  EXPECT_EQ(requantize(int64_t{1}, largest, kAll), 128);
}

}  // namespace
}  // namespace inlay
