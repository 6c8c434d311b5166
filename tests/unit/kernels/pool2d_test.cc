// SPDX-License-Identifier: Apache-2.0
#include "kernels/pool2d.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

// batch, in_h, in_w, channels, out_h, out_w, filter_h, filter_w, stride_h, stride_w, pad_top, pad_left
const PoolShape kShapes[] = {
    {2, 5, 4, 3, 5, 4, 3, 3, 1, 1, 1, 1}, {1, 7, 5, 67, 3, 3, 3, 2, 2, 2, 0, 1}, {1, 1, 1, 1, 1, 1, 3, 3, 1, 1, 1, 1},
    {1, 9, 3, 5, 1, 1, 9, 3, 1, 1, 0, 0},
};

/// Largest and mean value of one window.
template <typename T>
void naive(const PoolShape& s, const std::vector<T>& in, int b, int oy, int ox, int c, double* largest, double* mean) {
  double sum = 0, max = -1e30;
  int count = 0;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx) {
      const int y = oy * s.stride_h - s.pad_top + fy, x = ox * s.stride_w - s.pad_left + fx;
      if (y < 0 || y >= s.in_h || x < 0 || x >= s.in_w) continue;
      const double v = in[((b * s.in_h + y) * s.in_w + x) * s.channels + c];
      sum += v;
      max = std::max(max, v);
      ++count;
    }
  }
  *largest = max;
  *mean = sum / count;
}

template <typename T, typename Fill, typename Average, typename Max, typename Check>
void check(Fill fill, Average average, Max max, Check same) {
  for (const PoolShape& s : kShapes) {
    std::vector<T> in(s.batch * s.in_h * s.in_w * s.channels), a(s.batch * s.out_h * s.out_w * s.channels), m(a.size());
    for (T& v : in) v = fill();
    average(s, in.data(), a.data());
    max(s, in.data(), m.data());
    size_t i = 0;
    for (int b = 0; b < s.batch; ++b) {
      for (int oy = 0; oy < s.out_h; ++oy) {
        for (int ox = 0; ox < s.out_w; ++ox) {
          for (int c = 0; c < s.channels; ++c, ++i) {
            double largest = 0, mean = 0;
            naive(s, in, b, oy, ox, c, &largest, &mean);
            same(a[i], mean);
            same(m[i], largest);
          }
        }
      }
    }
  }
}

double bounded(double v, double low, double high) { return std::min(std::max(v, low), high); }

TEST(Pool2d, Int8) {
  std::mt19937 random(1);
  const QuantRange range = {-90, 100};
  check<int8_t>([&] { return static_cast<int8_t>(random() % 256); },
                [&](const PoolShape& s, const int8_t* x, int8_t* y) { average_pool2d_s8(s, range, x, y); },
                [&](const PoolShape& s, const int8_t* x, int8_t* y) { max_pool2d_s8(s, range, x, y); },
                [](int8_t got, double want) { ASSERT_EQ(got, bounded(std::round(want), -90, 100)); });
}

TEST(Pool2d, Uint8) {
  std::mt19937 random(2);
  const QuantRange range = {3, 255};
  check<uint8_t>([&] { return static_cast<uint8_t>(random() % 256); },
                 [&](const PoolShape& s, const uint8_t* x, uint8_t* y) { average_pool2d_u8(s, range, x, y); },
                 [&](const PoolShape& s, const uint8_t* x, uint8_t* y) { max_pool2d_u8(s, range, x, y); },
                 [](uint8_t got, double want) { ASSERT_EQ(got, bounded(std::round(want), 3, 255)); });
}

TEST(Pool2d, Float) {
  std::mt19937 random(3);
  const FloatRange range = {-FLT_MAX, 0.75f};
  std::uniform_real_distribution<float> uniform(-1, 1);
  check<float>([&] { return uniform(random); },
               [&](const PoolShape& s, const float* x, float* y) { average_pool2d_f32(s, range, x, y); },
               [&](const PoolShape& s, const float* x, float* y) { max_pool2d_f32(s, range, x, y); },
               [](float got, double want) { ASSERT_NEAR(got, bounded(want, -10, 0.75), 1e-6); });
}

TEST(Pool2d, HalvesRoundAwayFromZero) {
  const PoolShape s = {1, 1, 2, 2, 1, 1, 1, 2, 1, 1, 0, 0};
  const int8_t in[] = {-3, 3, -2, 2};  // means -2.5 and 2.5
  int8_t out[2];
  average_pool2d_s8(s, {-128, 127}, in, out);
  EXPECT_EQ(out[0], -3);
  EXPECT_EQ(out[1], 3);
}

TEST(Pool2d, MaxOfLowestValues) {
  const PoolShape s = {1, 1, 2, 1, 1, 1, 1, 2, 1, 1, 0, 0};
  const int8_t in[] = {-128, -128};
  int8_t out = 0;
  max_pool2d_s8(s, {-128, 127}, in, &out);
  EXPECT_EQ(out, -128);
}

}  // namespace
}  // namespace inlay::kernels
