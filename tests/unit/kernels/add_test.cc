// SPDX-License-Identifier: Apache-2.0
#include "kernels/add.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

namespace inlay::kernels {
namespace {

Broadcast plan_of(std::vector<int32_t> a, std::vector<int32_t> b) {
  Broadcast plan = {};
  int32_t dims[kBroadcastRank], rank = 0;
  EXPECT_TRUE(make_broadcast(a.data(), static_cast<int32_t>(a.size()), b.data(), static_cast<int32_t>(b.size()), &plan, dims, &rank));
  return plan;
}

AddQuant quant_of(float sa, int32_t za, float sb, int32_t zb, float so, int32_t zo, QuantRange range) {
  AddQuant q = {};
  EXPECT_TRUE(make_add_factors(sa, sb, so, &q));
  q.a_zero = za;
  q.b_zero = zb;
  q.output_zero = zo;
  q.range = range;
  return q;
}

TEST(Add, FactorsByHand) {
  AddQuant q = {};
  // Ratios 0.5 and 0.25: exponent -1, shift 21, factors 0.5 * 2^21 and 0.25 * 2^21.
  ASSERT_TRUE(make_add_factors(0.5f, 0.25f, 1.0f, &q));
  EXPECT_EQ(q.shift, 21);
  EXPECT_EQ(q.a_factor, 1 << 20);
  EXPECT_EQ(q.b_factor, 1 << 19);
  // Ratio 3: exponent 1, shift 19, factor 3 * 2^19.
  ASSERT_TRUE(make_add_factors(1.0f, 3.0f, 1.0f, &q));
  EXPECT_EQ(q.shift, 19);
  EXPECT_EQ(q.b_factor, 3 << 19);
}

TEST(Add, FactorsAtTheEndsOfTheRange) {
  AddQuant q = {};
  EXPECT_FALSE(make_add_factors(1e29f, 1.0f, 1e-29f, &q));
  ASSERT_TRUE(make_add_factors(1e-29f, 1e-29f, 1e29f, &q));  // underflows to nothing
  EXPECT_EQ(q.a_factor, 0);
  ASSERT_TRUE(make_add_factors(1e30f, 1e-30f, 1.0f, &q));
  EXPECT_EQ(q.shift, -20);
  EXPECT_EQ(q.b_factor, 0);
}

TEST(Add, HugeRatiosSaturateBothWays) {
  const AddQuant q = quant_of(1e20f, 0, 1e20f, 0, 1.0f, 5, {-128, 127});
  const int8_t a[4] = {1, -1, 127, 0}, b[4] = {127, -128, -127, 0};
  int8_t out[4];
  add_s8(plan_of({4}, {4}), q, a, b, out);
  EXPECT_EQ(out[0], 127);
  EXPECT_EQ(out[1], -128);
  EXPECT_EQ(out[2], 5);
  EXPECT_EQ(out[3], 5);
}

TEST(Add, TiesGoUp) {
  // (a + b) / 2: 1 -> 0.5 -> 1, -1 -> -0.5 -> 0, -3 -> -1.5 -> -1.
  const AddQuant q = quant_of(1.0f, 0, 1.0f, 0, 2.0f, 0, {-128, 127});
  const int8_t a[4] = {1, -1, -3, 127}, b[4] = {0, 0, 0, 127};
  int8_t out[4];
  add_s8(plan_of({4}, {4}), q, a, b, out);
  EXPECT_EQ(out[0], 1);
  EXPECT_EQ(out[1], 0);
  EXPECT_EQ(out[2], -1);
  EXPECT_EQ(out[3], 127);
}

TEST(Add, ZeroPointsAtBothEndsOverAllPairs) {
  const int32_t zeros[] = {-128, 127};
  for (int32_t za : zeros) {
    for (int32_t zb : zeros) {
      for (int32_t zo : zeros) {
        const float sa = 0.031f, sb = 0.017f, so = 0.05f;
        const AddQuant q = quant_of(sa, za, sb, zb, so, zo, {-128, 127});
        std::vector<int8_t> a(256), out(256);
        for (int i = 0; i < 256; ++i) a[i] = static_cast<int8_t>(i - 128);
        for (int y = -128; y < 128; y += 15) {
          const int8_t b = static_cast<int8_t>(y);
          add_s8(plan_of({256}, {1}), q, a.data(), &b, out.data());
          for (int i = 0; i < 256; ++i) {
            const double real = ((a[i] - za) * double{sa} + (y - zb) * double{sb}) / double{so} + zo;
            const double want = real < -128 ? -128 : real > 127 ? 127 : real;
            EXPECT_LE(std::fabs(out[i] - want), 0.501) << za << " " << zb << " " << zo << " " << i << " " << y;
          }
        }
      }
    }
  }
}

TEST(Add, Uint8ScalarFirstOperandAndActivation) {
  const AddQuant q = quant_of(1.0f, 255, 1.0f, 0, 1.0f, 10, {10, 16});
  const uint8_t a = 254, b[4] = {0, 1, 4, 255};
  uint8_t out[4];
  add_u8(plan_of({}, {4}), q, &a, b, out);
  EXPECT_EQ(out[0], 10);  // -1 + 10 clamped up
  EXPECT_EQ(out[1], 10);
  EXPECT_EQ(out[2], 13);
  EXPECT_EQ(out[3], 16);
}

TEST(Add, InPlaceWithBroadcastSecondOperand) {
  float a[6] = {1, 2, 3, 4, 5, 6};
  const float b[3] = {10, 20, 30};
  add_f32(plan_of({2, 3}, {3}), {-FLT_MAX, 35.0f}, a, b, a);
  const float want[6] = {11, 22, 33, 14, 25, 35};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(a[i], want[i]);
}

TEST(Add, FloatRankFive) {
  std::vector<float> a(2 * 3 * 2), b(2 * 2), big(2 * 2 * 3 * 2 * 2);
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i);
  for (size_t i = 0; i < b.size(); ++i) b[i] = 100.0f * static_cast<float>(i);
  size_t at = 0;
  add_f32(plan_of({1, 2, 3, 1, 2}, {2, 1, 1, 2, 1}), {-FLT_MAX, FLT_MAX}, a.data(), b.data(), big.data());
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 3; ++k)
        for (int l = 0; l < 2; ++l)
          for (int m = 0; m < 2; ++m) {
            EXPECT_EQ(big[at++], static_cast<float>((j * 3 + k) * 2 + m + 100 * (i * 2 + l)));
          }
}

TEST(Add, Int32WrapsThenClamps) {
  const int32_t a[3] = {INT32_MAX, 5, -5}, b[3] = {1, 3, 1};
  int32_t out[3];
  add_s32(plan_of({3}, {3}), {INT32_MIN, INT32_MAX}, a, b, out);
  EXPECT_EQ(out[0], INT32_MIN);
  add_s32(plan_of({3}, {3}), {0, 6}, a, b, out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[1], 6);
  EXPECT_EQ(out[2], 0);
}

}  // namespace
}  // namespace inlay::kernels
