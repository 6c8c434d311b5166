// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

template <typename T, typename Kernel>
void check_softmax(Kernel kernel) {
  std::mt19937 random(11);
  const int low = std::numeric_limits<T>::min();
  for (const int32_t depth : {1, 2, 3, 10, 257, 1001}) {
    for (const float scale : {0.001f, 0.03f, 0.2f, 3.0f}) {
      for (const float beta : {1.0f, 0.25f}) {
        uint32_t table[kSoftmaxTable];
        softmax_table(beta, scale, table);
        std::vector<T> in(3 * depth);
        for (T& v : in) v = static_cast<T>(random() % 256);
        std::vector<T> out(in);
        kernel({3, depth}, table, in.data(), out.data());
        std::vector<T> place(in);
        kernel({3, depth}, table, place.data(), place.data());
        ASSERT_EQ(place, out);
        for (int r = 0; r < 3; ++r) {
          const double step = double{scale} * beta;
          const int top = *std::max_element(&in[r * depth], &in[r * depth] + depth);  // as the reference: e^(255 * 3) overflows
          double sum = 0;
          for (int i = 0; i < depth; ++i) sum += std::exp((in[r * depth + i] - top) * step);
          for (int i = 0; i < depth; ++i) {
            const double want = std::min(256 * std::exp((in[r * depth + i] - top) * step) / sum, 255.0) + low;
            ASSERT_NEAR(out[r * depth + i], want, 0.501) << "depth " << depth << " scale " << scale;
          }
        }
      }
    }
  }
}

TEST(Softmax, Int8) { check_softmax<int8_t>(softmax_s8); }
TEST(Softmax, Uint8) { check_softmax<uint8_t>(softmax_u8); }

TEST(Softmax, ExtremeScales) {
  uint32_t table[kSoftmaxTable];
  softmax_table(1e30f, 1e30f, table);  // an infinite step: only the largest value counts
  const uint8_t in[] = {4, 5, 5};
  uint8_t out[3];
  softmax_u8({1, 3}, table, in, out);
  EXPECT_EQ(out[0], 0);
  EXPECT_EQ(out[1], 128);
  EXPECT_EQ(out[2], 128);
}

TEST(Softmax, VeryLongRowsGiveZeros) {
  uint32_t table[kSoftmaxTable];
  softmax_table(1.0f, 0.1f, table);
  std::vector<int8_t> values(100000, 7);
  softmax_s8({1, 100000}, table, values.data(), values.data());
  for (const int8_t v : values) ASSERT_EQ(v, -128);
}

TEST(Softmax, Float) {
  std::mt19937 random(12);
  std::uniform_real_distribution<float> uniform(-30, 30);
  for (const int32_t depth : {1, 3, 8, 37, 1001}) {
    std::vector<float> in(2 * depth);
    for (float& v : in) v = uniform(random);
    std::vector<float> out(in);
    softmax_f32({2, depth}, 0.7f, out.data(), out.data());
    for (int r = 0; r < 2; ++r) {
      double max = -1e30, sum = 0;
      for (int i = 0; i < depth; ++i) max = std::max(max, double{in[r * depth + i]});
      for (int i = 0; i < depth; ++i) sum += std::exp((in[r * depth + i] - max) * 0.7);
      for (int i = 0; i < depth; ++i) {
        const double want = std::exp((in[r * depth + i] - max) * 0.7) / sum;
        ASSERT_NEAR(out[r * depth + i], want, 5e-6 * want + 1e-37);
      }
    }
  }
}

TEST(Softmax, NothingToDo) {
  softmax_f32({4, 0}, 1.0f, nullptr, nullptr);
  softmax_s8({0, 4}, nullptr, nullptr, nullptr);
}

}  // namespace
}  // namespace inlay::kernels
