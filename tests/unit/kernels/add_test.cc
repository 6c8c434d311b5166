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
  EXPECT_TRUE(make_add_factors(sa, sb, so, kAddBits8, &q));
  q.a_zero = za;
  q.b_zero = zb;
  q.output_zero = zo;
  q.range = range;
  return q;
}

TEST(Add, FactorsByHand) {
  AddQuant q = {};
  // Ratios 0.5 and 0.25: exponent -1, shift 21, factors 0.5 * 2^21 and 0.25 * 2^21.
  ASSERT_TRUE(make_add_factors(0.5f, 0.25f, 1.0f, kAddBits8, &q));
  EXPECT_EQ(q.shift, 21);
  EXPECT_EQ(q.a_factor, 1 << 20);
  EXPECT_EQ(q.b_factor, 1 << 19);
  // Ratio 3: exponent 1, shift 19, factor 3 * 2^19.
  ASSERT_TRUE(make_add_factors(1.0f, 3.0f, 1.0f, kAddBits8, &q));
  EXPECT_EQ(q.shift, 19);
  EXPECT_EQ(q.b_factor, 3 << 19);
}

TEST(Add, FactorsAtTheEndsOfTheRange) {
  AddQuant q = {};
  EXPECT_FALSE(make_add_factors(1e29f, 1.0f, 1e-29f, kAddBits8, &q));
  ASSERT_TRUE(make_add_factors(1e-29f, 1e-29f, 1e29f, kAddBits8, &q));  // underflows to nothing
  EXPECT_EQ(q.a_factor, 0);
  ASSERT_TRUE(make_add_factors(1e30f, 1e-30f, 1.0f, kAddBits8, &q));
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
  add_int<int32_t>(plan_of({3}, {3}), {INT32_MIN, INT32_MAX}, a, b, out);
  EXPECT_EQ(out[0], INT32_MIN);
  add_int<int32_t>(plan_of({3}, {3}), {0, 6}, a, b, out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[1], 6);
  EXPECT_EQ(out[2], 0);
}

/// The definition of docs/numerics.md, in 64 bits throughout.
int32_t sum_by_definition(const AddQuant& q, int32_t a, int32_t b) {
  const int64_t acc = int64_t{a - q.a_zero} * q.a_factor + int64_t{b - q.b_zero} * q.b_factor;
  const int64_t v = (acc + (int64_t{1} << (q.shift - 1))) >> q.shift;
  const int64_t low = q.range.min - q.output_zero, high = q.range.max - q.output_zero;
  return static_cast<int32_t>((v < low ? low : v > high ? high : v) + q.output_zero);
}

TEST(Add, NarrowSumsEqualWideOnes) {
  // Shift 30 is the last of the 32-bit form, 31 the first of the 64-bit one; both signs of the second factor; zero points at the
  // ends make the operands as large as they can be.
  std::vector<uint8_t> a(256), out(256);
  for (int i = 0; i < 256; ++i) a[i] = static_cast<uint8_t>(i);
  for (const float ratio : {1.9999999f, 1.0f, 0.5f, 0.001953124f, 0.0009765625f, 0.00097656244f, 0.0005f}) {
    for (const int32_t zero : {0, 255}) {
      for (const int32_t sign : {1, -1}) {
        AddQuant q = quant_of(ratio, zero, ratio * 0.9999f, zero, 1.0f, 100, {0, 255});
        q.b_factor *= sign;
        for (int y = 0; y < 256; y += 5) {
          const auto b = static_cast<uint8_t>(y);
          add_u8(plan_of({256}, {}), q, a.data(), &b, out.data());
          for (int i = 0; i < 256; ++i) ASSERT_EQ(out[i], sum_by_definition(q, i, y)) << ratio << " " << zero << " " << sign;
        }
      }
    }
  }
}

TEST(Add, SixteenBitsStayWithinHalfAStep) {
  for (const float sb : {3.1e-5f, 0.9e-5f, 2.2e-3f}) {
    AddQuant q = {};
    const float sa = 2.7e-5f, so = 5.3e-5f;
    ASSERT_TRUE(make_add_factors(sa, sb, so, kAddBits16, &q));
    q.range = {-32768, 32767};
    std::vector<int16_t> a, out;
    for (int i = -32768; i < 32768; i += 97) a.push_back(static_cast<int16_t>(i));
    out.resize(a.size());
    for (const int16_t b : {int16_t{-32768}, int16_t{-77}, int16_t{32767}}) {
      add_s16(plan_of({static_cast<int32_t>(a.size())}, {1}), q, a.data(), &b, out.data());
      for (size_t i = 0; i < a.size(); ++i) {
        const double real = (a[i] * double{sa} + b * double{sb}) / double{so};
        const double want = real < -32768 ? -32768 : real > 32767 ? 32767 : real;
        EXPECT_LE(std::fabs(out[i] - want), 0.51) << a[i] << " " << b;
      }
    }
  }
}

TEST(Add, Int64AndInt16Wrap) {
  const int64_t a = INT64_MAX, b = 2;
  int64_t out;
  add_int<int64_t>(plan_of({}, {}), {INT64_MIN, INT64_MAX}, &a, &b, &out);
  EXPECT_EQ(out, INT64_MIN + 1);
  const int16_t c = 32767, d = 1;
  int16_t narrow;
  add_int<int16_t>(plan_of({}, {}), {INT64_MIN, INT64_MAX}, &c, &d, &narrow);
  EXPECT_EQ(narrow, -32768);
  add_int<int16_t>(plan_of({}, {}), {0, INT64_MAX}, &c, &d, &narrow);
  EXPECT_EQ(narrow, 0);
}

TEST(Add, Subtraction) {
  const int32_t a[2] = {INT32_MIN, 7}, b[2] = {1, 9};
  int32_t out[2];
  sub_int<int32_t>(plan_of({2}, {2}), {INT64_MIN, INT64_MAX}, a, b, out);
  EXPECT_EQ(out[0], INT32_MAX);
  EXPECT_EQ(out[1], -2);
  const float x[2] = {1.5f, 7.0f}, y = 9.0f;
  float real[2];
  sub_f32(plan_of({2}, {}), {-1.0f, 1.0f}, x, &y, real);
  EXPECT_EQ(real[0], -1.0f);
  EXPECT_EQ(real[1], -1.0f);
}

}  // namespace
}  // namespace inlay::kernels
