// SPDX-License-Identifier: Apache-2.0
#include "core/math.h"
#include "core/math2.h"  // in one file with the other: names that clash would be two functions of one symbol

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

TEST(Math, LogOfNegativesIsNoNumber) {
  // Bits with a sign lie far below those of 1: with the sanitizers this also says that no difference overflows.
  for (const float x : {-1e-8f, -0.25f, -1.0f, -3.4e38f, -1e-45f}) EXPECT_TRUE(std::isnan(log_det(x))) << x;
  EXPECT_EQ(log_det(0.0f), -kInf);
  EXPECT_EQ(log_det(-0.0f), -kInf);
}

TEST(Math, PowIsWithinAnUlp) {
  EXPECT_EQ(pow_det(2.0f, 10.0f), 1024.0f);
  EXPECT_NEAR(pow_det(3.0f, 2.5f), 15.588457f, 1e-6f);
  EXPECT_NEAR(pow_det(0.3f, -1.7f), 7.7427256f, 1e-5f);
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

// The double functions against the C library, whose own error is below one unit in the last place.
double relative(double got, double want) {
  if (got == want || (std::isnan(got) && std::isnan(want))) return 0;
  return want == 0 ? std::fabs(got) : std::fabs((got - want) / want);
}

TEST(Math64, ExpAndLog) {
  for (double x = -707; x < 709; x += 0.0137) ASSERT_LT(relative(exp_det64(x), std::exp(x)), 1e-15) << x;
  for (double x = 1e-300; x < 1e300; x *= 1.0137) ASSERT_LT(relative(log_det64(x), std::log(x)), 1e-15) << x;
  for (double x = 0.5; x < 2; x += 0.000137) ASSERT_LT(relative(log_det64(x), std::log(x)), 1e-15) << x;
  for (const double x : {0.0, -0.0, -1.0, 1.0, 5e-324, 1e-310, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_LT(relative(log_det64(x), std::log(x)), 1e-15) << x;
  }
  for (const double x : {0.0, 709.78, 710.0, -800.0, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_LT(relative(exp_det64(x), std::exp(x)), 1e-15) << x;
  }
}

TEST(Math64, Pow) {
  for (double x = 1e-30; x < 1e30; x *= 1.37) {
    for (double y = -9; y < 9; y += 0.173) ASSERT_LT(relative(pow_det64(x, y), std::pow(x, y)), 1e-12) << x << ' ' << y;
  }
  const double special[] = {0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5, -0.25, 1e20, -1e20, 9007199254740991.0,
                            4503599627370497.5, std::nan(""), HUGE_VAL, -HUGE_VAL};
  for (const double x : special) {
    for (const double y : special) {
      const double got = pow_det64(x, y), want = std::pow(x, y);
      EXPECT_LT(relative(got, want), 1e-12) << x << ' ' << y << ": " << got << ' ' << want;
      EXPECT_TRUE(want != want || std::signbit(got) == std::signbit(want)) << x << ' ' << y;
    }
  }
}

TEST(Math64, Atan2) {
  for (double y = -3; y < 3; y += 0.0173) {
    for (double x = -3; x < 3; x += 0.0191) ASSERT_LT(relative(atan2_det64(y, x), std::atan2(y, x)), 1e-15) << y << ' ' << x;
  }
  const double special[] = {0.0, -0.0, 1.0, -1.0, 1e-30, -1e30, std::nan(""), HUGE_VAL, -HUGE_VAL};
  for (const double x : special) {
    for (const double y : special) {
      const double got = atan2_det64(y, x), want = std::atan2(y, x);
      EXPECT_LT(relative(got, want), 1e-15) << y << ' ' << x;
      EXPECT_TRUE(want != want || std::signbit(got) == std::signbit(want)) << y << ' ' << x;
    }
  }
}

TEST(Math64, Erf) {
  for (double x = -7; x < 7; x += 0.000737) ASSERT_LT(relative(erf_det64(x), std::erf(x)), 1e-14) << x;
  for (double x = -7; x < 26; x += 0.000737) ASSERT_LT(relative(erfc_det64(x), std::erfc(x)), 1e-14) << x;
  for (const double x : {0.0, 0.46875, 4.0, 40.0, -40.0, 1e-300, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
    EXPECT_LT(relative(erf_det64(x), std::erf(x)), 1e-14) << x;
    EXPECT_LT(relative(erfc_det64(x), std::erfc(x)), 1e-14) << x;
  }
}

TEST(Math64, SineAndCosine) {
  for (double x = -1048000; x < 1048000; x = x * 0.99 + 0.0137 + (x > 0 ? x * 0.02 : 0)) {
    ASSERT_NEAR(sin_det64(x), std::sin(x), 1e-15) << x;
    ASSERT_NEAR(cos_det64(x), std::cos(x), 1e-15) << x;
  }
  EXPECT_TRUE(std::isnan(sin_det64(1e7)));
  EXPECT_TRUE(std::isnan(cos_det64(HUGE_VAL)));
  const auto sine = [](double x) { return std::sin(x); };
  const auto cosine = [](double x) { return std::cos(x); };
  EXPECT_LT(worst_relative_error(-100.0f, 100.0f, 0.00137f, sin_det, sine), 1e-7);
  EXPECT_LT(worst_relative_error(-100.0f, 100.0f, 0.00137f, cos_det, cosine), 1e-7);
  for (float x = 1e5f; x < 3e38f; x *= 1.00137f) {
    ASSERT_LT(relative(sin_det(x), std::sin(double{x})), 1e-7) << x;
    ASSERT_LT(relative(cos_det(-x), std::cos(double{-x})), 1e-7) << x;
  }
  EXPECT_TRUE(std::isnan(sin_det(kInf)));
  EXPECT_TRUE(std::isnan(cos_det(std::nanf(""))));
}

TEST(Math, LogIsAccurate) {
  for (float x = 1e-44f; x < 3e38f; x *= 1.00317f) {
    if (x < 1e-41f) x += 3e-45f;
    ASSERT_LT(relative(log_det(x), std::log(double{x})), 1.5e-7) << x;
  }
  EXPECT_LT(worst_relative_error(0.3f, 3.0f, 0.0000137f, log_det, [](double x) { return std::log(x); }), 1.5e-7);
  EXPECT_EQ(log_det(0.0f), -kInf);
  EXPECT_EQ(log_det(1.0f), 0.0f);
  EXPECT_EQ(log_det(kInf), kInf);
  EXPECT_TRUE(std::isnan(log_det(-1.0f)));
  EXPECT_TRUE(std::isnan(log_det(-kInf)));
  EXPECT_TRUE(std::isnan(log_det(std::nanf(""))));
}

}  // namespace
}  // namespace inlay
