// SPDX-License-Identifier: Apache-2.0
#include "kernels/relu.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace inlay::kernels {
namespace {

Broadcast plan_of(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  Broadcast plan = {};
  int32_t dims[kBroadcastRank], rank = 0;
  EXPECT_TRUE(make_broadcast(a.data(), static_cast<int32_t>(a.size()), b.data(), static_cast<int32_t>(b.size()), &plan, dims, &rank));
  return plan;
}

TEST(Relu, FloatInPlace) {
  float v[5] = {-2.0f, -0.5f, 0.5f, 3.0f, 7.0f};
  relu_f32(5, activation_range(INLAY_ACT_RELU6), v, v);
  const float want[5] = {0.0f, 0.0f, 0.5f, 3.0f, 6.0f};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(v[i], want[i]);
}

TEST(Prelu, FloatAlphaPerChannelInPlace) {
  float v[6] = {-1, -1, -1, 2, -4, 0};
  const float alpha[3] = {0.5f, 0.25f, 2.0f};
  prelu_f32(plan_of({1, 2, 1, 3}, {3}), v, alpha, v);
  const float want[6] = {-0.5f, -0.25f, -2.0f, 2.0f, -1.0f, 0.0f};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(v[i], want[i]);
}

TEST(Prelu, FloatAlphaPerPixelRankFive) {
  const float v[8] = {-1, -2, -3, -4, -5, -6, -7, -8}, alpha[2] = {2.0f, 3.0f};
  float out[8];
  prelu_f32(plan_of({1, 2, 2, 1, 2}, {2, 1, 1}), v, alpha, out);
  const float want[8] = {-2, -4, -9, -12, -10, -12, -21, -24};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(out[i], want[i]);
}

template <typename T, typename Fn>
void check(Fn fn, int32_t low, int32_t high) {
  const double s_in = 0.04, s_alpha = 0.003, s_out = 0.025;
  for (int32_t zero_in : {low, (low + high + 1) / 2, high}) {
    for (int32_t zero_alpha : {low, high}) {
      for (int32_t zero_out : {low, high}) {
        const PreluQuant q = {static_cast<float>(s_in / s_out), static_cast<float>(s_in * s_alpha / s_out), zero_in, zero_alpha,
                              zero_out, {low, high}};
        T v[256];
        for (int i = 0; i < 256; ++i) v[i] = static_cast<T>(low + i);
        const T alpha = static_cast<T>((low + high) / 2);
        fn(plan_of({256}, {}), q, v, &alpha, v);
        for (int i = 0; i < 256; ++i) {
          const double x = (low + i - zero_in) * s_in;
          const double real = (x >= 0 ? x : x * (alpha - zero_alpha) * s_alpha) / s_out + zero_out;
          EXPECT_LE(std::fabs(v[i] - std::fmin(std::fmax(real, low), high)), 0.5 + 1e-3);
        }
      }
    }
  }
}

TEST(Prelu, QuantizedWithinHalfAStepOfTheReal) {
  check<int8_t>(prelu_s8, -128, 127);
  check<uint8_t>(prelu_u8, 0, 255);
}

}  // namespace
}  // namespace inlay::kernels
