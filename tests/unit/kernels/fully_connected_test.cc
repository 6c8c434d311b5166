// SPDX-License-Identifier: Apache-2.0
#include "kernels/fully_connected.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

template <typename T, typename Kernel>
void check_fully_connected(int32_t zx, int32_t zw, int32_t zo, Kernel kernel) {
  std::mt19937 random(3);
  const int32_t low = std::numeric_limits<T>::min();
  for (const FullyConnectedShape s : {FullyConnectedShape{1, 1, 1}, {3, 17, 5}, {2, 64, 33}}) {
    std::vector<T> in(s.rows * s.in), w(s.out * s.in), out(s.rows * s.out);
    for (T& v : in) v = static_cast<T>(low + static_cast<int32_t>(random() % 256));
    for (T& v : w) v = static_cast<T>(low + static_cast<int32_t>(random() % 256));
    std::vector<float> scales(s.out);
    std::vector<int32_t> bias(s.out);
    for (float& v : scales) v = 0.0003f + static_cast<float>(random() % 100) * 0.00002f;
    for (int32_t& v : bias) v = static_cast<int32_t>(random() % 20001) - 10000;
    kernel(s, ConvQuant{scales.data(), bias.data(), zx, zw, zo, {low, low + 200}}, in.data(), w.data(), out.data());
    for (int r = 0; r < s.rows; ++r) {
      for (int c = 0; c < s.out; ++c) {
        int64_t acc = bias[c];
        for (int i = 0; i < s.in; ++i) acc += int64_t{in[r * s.in + i] - zx} * (w[c * s.in + i] - zw);
        const double want = std::nearbyint(static_cast<float>(acc) * scales[c]) + zo;
        ASSERT_EQ(out[r * s.out + c], std::min(std::max(want, double(low)), low + 200.0));
      }
    }
  }
}

TEST(FullyConnected, Int8) {
  for (int32_t zero : {-128, 127, -3}) check_fully_connected<int8_t>(zero, 0, -zero - 1, fully_connected_s8);
}

TEST(FullyConnected, Uint8) {
  for (int32_t zero : {0, 255, 131}) check_fully_connected<uint8_t>(zero, 255 - zero, zero, fully_connected_u8);
}

TEST(FullyConnected, SumsWrapAround) {
  // 2^31 - 1 + 1 is -2^31: the lowest value, not the highest.
  const int8_t in[] = {1}, w[] = {1};
  const float scale = 1.0f;
  const int32_t bias = INT32_MAX;
  int8_t out = 0;
  fully_connected_s8({1, 1, 1}, ConvQuant{&scale, &bias, 0, 0, 0, {-128, 127}}, in, w, &out);
  EXPECT_EQ(out, -128);
}

TEST(FullyConnected, Float) {
  std::mt19937 random(5);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (const int32_t in_size : {1, 7, 8, 19, 40}) {
    const FullyConnectedShape s = {3, in_size, 5};
    std::vector<float> in(s.rows * s.in), w(s.out * s.in), bias(s.out), out(s.rows * s.out);
    for (float& v : in) v = uniform(random);
    for (float& v : w) v = uniform(random);
    for (float& v : bias) v = uniform(random);
    for (const bool biased : {false, true}) {
      fully_connected_f32(s, {0.0f, FLT_MAX}, in.data(), w.data(), biased ? bias.data() : nullptr, out.data());
      for (int r = 0; r < s.rows; ++r) {
        for (int c = 0; c < s.out; ++c) {
          double want = biased ? bias[c] : 0;
          for (int i = 0; i < s.in; ++i) want += double{in[r * s.in + i]} * w[c * s.in + i];
          ASSERT_NEAR(out[r * s.out + c], std::max(want, 0.0), 1e-5);
        }
      }
    }
  }
}

}  // namespace
}  // namespace inlay::kernels
