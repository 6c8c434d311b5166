// SPDX-License-Identifier: Apache-2.0
#include "core/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace inlay {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

template <typename F, typename G>
double worst_relative_error(float low, float high, float step, F f, G exact) {
  double worst = 0;
  for (float x = low; x <= high; x += step) {
    const double want = exact(static_cast<double>(x));
    if (want != 0) worst = std::max(worst, std::fabs((static_cast<double>(f(x)) - want) / want));
  }
  return worst;
}

TEST(Math, ExpIsAccurate) {
  const auto exact = [](double x) { return std::exp(x); };
  EXPECT_LT(worst_relative_error(-87.3f, 88.7f, 0.0037f, exp_det, exact), 1e-7);
  EXPECT_LT(worst_relative_error(-1.0f, 1.0f, 0.00001f, exp_det, exact), 1e-7);
}

TEST(Math, LogisticAndTanhAreAccurate) {
  EXPECT_LT(worst_relative_error(-87.0f, 87.0f, 0.0031f, logistic_det, [](double x) { return 1 / (1 + std::exp(-x)); }), 2e-7);
  EXPECT_LT(worst_relative_error(-12.0f, 12.0f, 0.0003f, tanh_det, [](double x) { return std::tanh(x); }), 2e-7);
  EXPECT_LT(worst_relative_error(1e-9f, 1e-6f, 1e-9f, tanh_det, [](double x) { return std::tanh(x); }), 2e-7);
}

TEST(Math, Edges) {
  EXPECT_EQ(exp_det(0.0f), 1.0f);
  EXPECT_EQ(exp_det(-0.0f), 1.0f);
  EXPECT_EQ(exp_det(-88.0f), 0.0f);
  EXPECT_EQ(exp_det(-kInf), 0.0f);
  EXPECT_EQ(exp_det(89.0f), kInf);
  EXPECT_EQ(exp_det(kInf), kInf);
  EXPECT_TRUE(std::isfinite(exp_det(88.72f)));
  EXPECT_TRUE(std::isnan(exp_det(std::nanf(""))));
  EXPECT_EQ(logistic_det(0.0f), 0.5f);
  EXPECT_EQ(logistic_det(200.0f), 1.0f);
  EXPECT_EQ(logistic_det(-200.0f), 0.0f);
  EXPECT_EQ(logistic_det(kInf), 1.0f);
  EXPECT_EQ(logistic_det(-kInf), 0.0f);
  EXPECT_EQ(tanh_det(0.0f), 0.0f);
  EXPECT_EQ(tanh_det(kInf), 1.0f);
  EXPECT_EQ(tanh_det(-kInf), -1.0f);
  EXPECT_TRUE(std::isnan(tanh_det(std::nanf(""))));
}

}  // namespace
}  // namespace inlay
