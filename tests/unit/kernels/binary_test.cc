// SPDX-License-Identifier: Apache-2.0
// The kernels of two operands other than sums: values by hand and by double arithmetic.
#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

#include "core/math2.h"
#include "kernels/floor_div.h"
#include "kernels/min_max.h"
#include "kernels/mul.h"
#include "kernels/pow.h"
#include "kernels/squared_difference.h"

namespace inlay::kernels {
namespace {

constexpr IntRange kAll = {INT64_MIN, INT64_MAX};
constexpr float kInf = std::numeric_limits<float>::infinity();

Broadcast pairs(int32_t count) {
  Broadcast plan = {};
  int32_t dims[kBroadcastRank], rank = 0;
  EXPECT_TRUE(make_broadcast(&count, 1, &count, 1, &plan, dims, &rank));
  return plan;
}

TEST(Mul, QuantizedByHand) {
  // (a - 10) * (b + 3) * 0.5 + 1: ties to even before the zero point.
  const MulQuant q = {10, -3, 1, 0.5f, {-128, 100}};
  const int8_t a[4] = {11, 13, 127, -128}, b[4] = {-2, -2, 127, 127};
  int8_t out[4];
  mul_quant(pairs(4), q, a, b, out);
  EXPECT_EQ(out[0], 1);     // 0.5 -> 0
  EXPECT_EQ(out[1], 3);     // 1.5 -> 2
  EXPECT_EQ(out[2], 100);
  EXPECT_EQ(out[3], -128);
}

TEST(Mul, SixteenBitExtremesDoNotOverflow) {
  const MulQuant q = {0, 0, 0, 1.0f / 32768.0f, {-32768, 32767}};
  const int16_t a[3] = {-32768, -32768, 32767}, b[3] = {-32768, 32767, 1};
  int16_t out[3];
  mul_quant(pairs(3), q, a, b, out);
  EXPECT_EQ(out[0], 32767);
  EXPECT_EQ(out[1], -32767);
  EXPECT_EQ(out[2], 1);
}

TEST(Mul, IntegersWrap) {
  const int16_t a[2] = {-32768, 300}, b[2] = {-32768, 300};
  int16_t out[2];
  mul_int(pairs(2), kAll, a, b, out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[1], static_cast<int16_t>(90000));
  const int64_t c = INT64_MAX, d = 2;
  int64_t wide;
  mul_int(pairs(1), kAll, &c, &d, &wide);
  EXPECT_EQ(wide, -2);
  const uint32_t e = 0xffffffffu, f = 3;
  uint32_t plain;
  mul_int(pairs(1), kAll, &e, &f, &plain);
  EXPECT_EQ(plain, 0xfffffffdu);
}

TEST(Div, QuantizedTiesGoAwayFromZeroAndHugeQuotientsSaturate) {
  const MulQuant q = {0, 0, 5, 1.0f, {-128, 127}};
  const int8_t a[4] = {1, -1, 7, -100}, b[4] = {2, 2, -2, 3};
  int8_t out[4];
  div_quant(pairs(4), q, a, b, out);
  EXPECT_EQ(out[0], 6);
  EXPECT_EQ(out[1], 4);
  EXPECT_EQ(out[2], 1);   // -3.5 -> -4
  EXPECT_EQ(out[3], -28);
  const MulQuant huge = {0, 0, 5, 1e30f, {-128, 127}};
  div_quant(pairs(4), huge, a, b, out);
  EXPECT_EQ(out[0], 127);
  EXPECT_EQ(out[1], -128);
}

TEST(Div, IntegersDoNotTrap) {
  const int32_t a[3] = {INT32_MIN, -7, 7}, b[3] = {-1, 2, -1};
  int32_t out[3];
  div_s32(pairs(3), kAll, a, b, out);
  EXPECT_EQ(out[0], INT32_MAX);
  EXPECT_EQ(out[1], -3);
  EXPECT_EQ(out[2], -7);
  const int32_t with_zero[3] = {1, 0, 2};
  EXPECT_TRUE(contains(with_zero, 3, 0));
  EXPECT_FALSE(contains(with_zero, 1, 0));
}

TEST(FloorDiv, SignsAndTraps) {
  const int8_t a[6] = {7, -7, 7, -7, -128, 127}, b[6] = {2, 2, -2, -2, -1, -128};
  int8_t q[6], r[6];
  floor_div(pairs(6), a, b, q);
  floor_mod(pairs(6), a, b, r);
  const int8_t want_q[6] = {3, -4, -4, 3, -128, -1}, want_r[6] = {1, 1, -1, -1, 0, -1};
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(q[i], want_q[i]) << i;
    EXPECT_EQ(r[i], want_r[i]) << i;
  }
  const int64_t lowest = INT64_MIN, minus = -1;
  int64_t rest;
  floor_mod(pairs(1), &lowest, &minus, &rest);
  EXPECT_EQ(rest, 0);
  const float x[3] = {-7.5f, 7.5f, 1.0f}, y[3] = {2.0f, -2.0f, 0.0f};
  float real[3];
  floor_mod(pairs(3), x, y, real);
  EXPECT_EQ(real[0], 0.5f);
  EXPECT_EQ(real[1], -0.5f);
  EXPECT_TRUE(std::isnan(real[2]));
}

TEST(MinMax, NanGivesTheSecond) {
  const float a[2] = {NAN, 1.0f}, b[2] = {2.0f, 3.0f};
  float out[2];
  maximum(pairs(2), a, b, out);
  EXPECT_EQ(out[0], 2.0f);
  EXPECT_EQ(out[1], 3.0f);
  minimum(pairs(2), a, b, out);
  EXPECT_EQ(out[0], 2.0f);
  EXPECT_EQ(out[1], 1.0f);
}

TEST(SquaredDifference, QuantizedNearTheRealValue) {
  SquaredDifferenceQuant q = {};
  const float sa = 0.031f, sb = 0.017f, so = 0.25f;
  ASSERT_TRUE(make_squared_difference(sa, sb, so, &q));
  q.a_zero = -128;
  q.b_zero = 127;
  q.output_zero = -128;
  q.range = {-128, 127};
  for (int i = -128; i < 128; ++i) {
    for (int j = -128; j < 128; j += 3) {
      const auto a = static_cast<int8_t>(i), b = static_cast<int8_t>(j);
      int8_t out;
      squared_difference_s8(pairs(1), q, &a, &b, &out);
      const double d = (i + 128) * double{sa} - (j - 127) * double{sb};
      const double real = d * d / double{so} - 128;
      ASSERT_LE(std::fabs(out - (real > 127 ? 127 : real)), 0.75) << i << " " << j;
    }
  }
  EXPECT_FALSE(make_squared_difference(1e25f, 1.0f, 1.0f, &q));
  EXPECT_FALSE(make_squared_difference(1e29f, 1.0f, 1e-29f, &q));
}

TEST(SquaredDifference, Int32Wraps) {
  const int32_t a[2] = {INT32_MIN, 3}, b[2] = {INT32_MAX, 5};
  int32_t out[2];
  squared_difference_s32(pairs(2), a, b, out);
  EXPECT_EQ(out[0], 1);
  EXPECT_EQ(out[1], 4);
}

/// Distance from the real value in units of the last place.
double ulps(float got, double want) {
  const float near = static_cast<float>(want);
  const double step = std::nextafter(std::fabs(near), kInf) - std::fabs(near);
  return std::fabs(got - want) / step;
}

TEST(Pow, WithinAnUlp) {
  for (float x = 1e-6f; x < 1e6f; x *= 1.37f) {
    for (float y = -6.0f; y < 6.0f; y += 0.173f) {
      const double want = std::pow(double{x}, double{y});
      if (want > FLT_MAX || want < FLT_MIN) continue;
      EXPECT_LE(ulps(pow_det(x, y), want), 0.51) << x << " " << y;
    }
  }
}

TEST(Pow, SpecialCasesOfC) {
  const float values[] = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, 2.0f, -2.0f, 3.0f, -3.0f, 1e30f, -1e30f, 1e-30f, kInf, -kInf, NAN,
                          16777215.0f, -16777216.0f};
  for (const float x : values) {
    for (const float y : values) {
      const float want = std::pow(x, y), got = pow_det(x, y);
      if (std::isnan(want)) {
        EXPECT_TRUE(std::isnan(got)) << x << " " << y;
      } else {
        EXPECT_TRUE(got == want || std::fabs(got - want) <= 1e-6f * std::fabs(want)) << x << "^" << y << ": " << got << ", not " << want;
        EXPECT_EQ(std::signbit(got), std::signbit(want)) << x << " " << y;
      }
    }
  }
}

TEST(Pow, IntegersWrap) {
  const int32_t a[5] = {2, -3, 0, 46341, 3}, b[5] = {10, 3, 0, 2, INT32_MAX};
  int32_t out[5];
  pow_s32(pairs(5), a, b, out);
  EXPECT_EQ(out[0], 1024);
  EXPECT_EQ(out[1], -27);
  EXPECT_EQ(out[2], 1);
  EXPECT_EQ(out[3], static_cast<int32_t>(46341u * 46341u));
}

TEST(Atan2, NearTheRealValueAndSpecialCasesOfC) {
  for (float angle = -3.14159f; angle < 3.14159f; angle += 0.00317f) {
    for (const float radius : {1e-30f, 1.0f, 3e30f}) {
      const float y = radius * std::sin(angle), x = radius * std::cos(angle);
      const double want = std::atan2(double{y}, double{x});
      EXPECT_LE(std::fabs(atan2_det(y, x) - want), 3e-7 * std::fabs(want)) << angle << " " << radius;
    }
  }
  for (const float y : {0.0f, -0.0f, 1.0f, -1.0f, kInf, -kInf}) {
    for (const float x : {0.0f, -0.0f, 1.0f, -1.0f, kInf, -kInf}) {
      const float want = std::atan2(y, x), got = atan2_det(y, x);
      EXPECT_NEAR(got, want, 5e-7f) << y << " " << x;
      EXPECT_EQ(std::signbit(got), std::signbit(want)) << y << " " << x;
    }
  }
  EXPECT_TRUE(std::isnan(atan2_det(NAN, 1.0f)));
}

}  // namespace
}  // namespace inlay::kernels
