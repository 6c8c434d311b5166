// SPDX-License-Identifier: Apache-2.0
#include "kernels/logistic.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace inlay::kernels {
namespace {

void check(QuantRange range, float scale, int32_t zero, float out_scale, int32_t out_zero) {
  uint8_t table[kLogisticTable];
  logistic_table({scale, out_scale, zero, out_zero, range}, table);
  for (int32_t x = range.min; x <= range.max; ++x) {
    const auto stored = static_cast<uint8_t>(x);
    uint8_t out = 0;
    logistic_8(table, 1, &stored, &out);
    const int32_t got = range.min < 0 ? static_cast<int8_t>(out) : out;
    const double real = 1 / (1 + std::exp(-double{scale} * (x - zero))) / out_scale + out_zero;
    ASSERT_NEAR(got, std::min(std::max(real, double(range.min)), double(range.max)), 0.5001) << x;
  }
}

TEST(Logistic, Int8) {
  for (const int32_t zero : {-128, 127, 0, 9}) {
    check({-128, 127}, 0.05f, zero, 1.0f / 256, -128);
    check({-128, 127}, 0.7f, zero, 0.01f, zero);
  }
}

TEST(Logistic, Uint8) {
  for (const int32_t zero : {0, 255, 128}) {
    check({0, 255}, 0.05f, zero, 1.0f / 256, 0);
    check({0, 255}, 1e30f, zero, 0.003f, zero);
  }
}

TEST(Logistic, Float) {
  for (float x = -80; x < 80; x += 0.37f) {
    float y = x;
    logistic_f32(1, &y, &y);
    const double want = 1 / (1 + std::exp(-double{x}));
    ASSERT_NEAR(y, want, 1e-6 * want);
  }
}

}  // namespace
}  // namespace inlay::kernels
