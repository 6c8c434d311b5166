// SPDX-License-Identifier: Apache-2.0
#include "kernels/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/math.h"
#include "kernels/sigmoid16.h"

namespace inlay::kernels {
namespace {

double logistic(double x, double) { return 1 / (1 + exp_det64(-x)); }
double cube(double x, double factor) { return x * x * x * factor; }
double pole(double x, double) { return x > 0 ? 1 / x : HUGE_VAL; }

void check8(const UnaryQuant& q, RealFunction real) {
  uint8_t table[kTable8];
  make_table8(q, real, nullptr, table);
  for (int32_t x = q.range.min; x <= q.range.max; ++x) {
    const auto stored = static_cast<uint8_t>(x);
    uint8_t out = 0;
    table8(table, 1, &stored, &out);
    const int32_t got = q.range.min < 0 ? static_cast<int8_t>(out) : out;
    const double want = real(double{q.in_scale} * (x - q.in_zero), double{q.param}) / double{q.out_scale} + q.out_zero;
    ASSERT_EQ(got, std::round(std::min(std::max(want, double(q.range.min)), double(q.range.max)))) << x;
  }
}

TEST(Table, EveryCodeIsTheRoundedFunction) {
  for (const int32_t zero : {-128, 127, 0, 9}) {
    check8({0.05f, 1.0f / 256, zero, -128, {-128, 127}, 0}, logistic);
    check8({0.7f, 0.01f, zero, zero, {-128, 127}, 0}, logistic);
    check8({0.02f, 0.1f, zero, 3, {-128, 127}, -1.5f}, cube);
  }
  for (const int32_t zero : {0, 255, 128}) {
    check8({0.05f, 1.0f / 256, zero, 0, {0, 255}, 0}, logistic);
    check8({1e30f, 0.003f, zero, zero, {0, 255}, 0}, logistic);
    check8({0.02f, 0.1f, zero, 130, {0, 255}, 2}, cube);
  }
}

TEST(Table, Int16InterpolatesASmoothFunction) {
  const UnaryQuant q = {4.0f / 32768, 1.0f / 32768, 0, 0, {-32768, 32767}, 1.0f / 64};
  std::vector<int16_t> table(kTable16);
  make_table16(q, cube, table.data());
  for (int32_t x = -32768; x <= 32767; x += 13) {
    const auto in = static_cast<int16_t>(x);
    int16_t out = 0;
    table16(table.data(), 1, &in, &out);
    // The 512 steps end at 32767, so sample i lies i / 512 of a quantum of x too low: 3 of y's where the slope is 3. Roundings add 1.
    ASSERT_NEAR(out, std::min(cube(x * double{q.in_scale}, 1.0 / 64) * 32768, 32767.0), 4) << x;
  }
}

TEST(Table, Int16PolesSaturate) {
  const UnaryQuant q = {1.0f / 4096, 1.0f / 512, 0, 0, {-32768, 32767}, 0};
  std::vector<int16_t> table(kTable16);
  make_table16(q, pole, table.data());
  EXPECT_EQ(lookup16(table.data(), -32768), 32767);
  EXPECT_EQ(lookup16(table.data(), -200), 32767);
  EXPECT_NEAR(lookup16(table.data(), 16384), 128, 1);
}

TEST(Table, LogisticAndTanhOfInt16) {
  std::vector<uint16_t> table(kSigmoid16);
  make_sigmoid16(table.data());
  for (const float scale : {1.0f / 4096, 1e-5f, 3e-3f, 0.1f}) {
    Sigmoid16Scale s = {};
    ASSERT_TRUE(make_sigmoid16_scale(scale, &s));
    for (int32_t x = -32768; x <= 32767; x += 7) {
      const auto in = static_cast<int16_t>(x);
      int16_t out = 0;
      logistic_s16(table.data(), s, 1, &in, &out);
      ASSERT_NEAR(out, 32768 * logistic(x * double{scale}, 0), 4) << x << ' ' << scale;
      tanh_s16(table.data(), s, 1, &in, &out);
      ASSERT_NEAR(out, 32768 * std::tanh(x * double{scale}), 6) << x << ' ' << scale;
    }
  }
  Sigmoid16Scale s = {};
  EXPECT_FALSE(make_sigmoid16_scale(1e20f, &s));
}

}  // namespace
}  // namespace inlay::kernels
