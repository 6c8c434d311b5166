// SPDX-License-Identifier: Apache-2.0
#include "kernels/hybrid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/conv2d.h"
#include "kernels/depthwise_conv2d.h"
#include "kernels/fully_connected.h"

namespace inlay::kernels {
namespace {

constexpr FloatRange kAll = {-FLT_MAX, FLT_MAX};

/// What quantization leaves of a group: real values, each within half a step of the original.
std::vector<double> as_quantized(const float* in, size_t count) {
  double low = 0, high = 0;
  for (size_t i = 0; i < count; ++i) low = std::min(low, double{in[i]}), high = std::max(high, double{in[i]});
  const double step = high > low ? (high - low) / 255 : 1;
  const double zero = std::nearbyint(-128 - low / step);
  std::vector<double> out(count);
  for (size_t i = 0; i < count; ++i) {
    out[i] = (std::min(std::max(std::nearbyint(in[i] / step) + zero, -128.0), 127.0) - zero) * step;
  }
  return out;
}

struct Random {
  std::mt19937 bits{11};
  std::vector<float> floats(size_t count, float low, float high) {
    std::uniform_real_distribution<float> uniform(low, high);
    std::vector<float> v(count);
    for (float& x : v) x = uniform(bits);
    return v;
  }
  std::vector<int8_t> weights(size_t count) {
    std::vector<int8_t> v(count);
    for (int8_t& x : v) x = static_cast<int8_t>(static_cast<int32_t>(bits() % 255) - 127);
    return v;
  }
};

TEST(Hybrid, QuantizeByHand) {
  const float in[] = {-1, 0, 0.5f, 1.55f};  // a step of 0.01, zero at -128 + 100
  int8_t out[4];
  const HybridGroup g = hybrid_quantize(4, in, out);
  EXPECT_EQ(g.zero, -28);
  EXPECT_NEAR(g.inverse, 0.01f, 1e-8f);
  const int want[] = {-128, -28, 22, 127};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(out[i], want[i]) << i;
}

TEST(Hybrid, QuantizeOneSided) {
  const float up[] = {2, 5.1f}, down[] = {-5.1f, -2}, none[] = {0, 0};
  int8_t out[2];
  EXPECT_EQ(hybrid_quantize(2, up, out).zero, -128);
  EXPECT_EQ(out[0], -28);
  EXPECT_EQ(out[1], 127);
  EXPECT_EQ(hybrid_quantize(2, down, out).zero, 127);
  EXPECT_EQ(out[0], -128);
  EXPECT_EQ(out[1], 27);
  const HybridGroup zeros = hybrid_quantize(2, none, out);
  EXPECT_EQ(out[0], zeros.zero);
  EXPECT_EQ(out[1], zeros.zero);
  EXPECT_EQ(zeros.inverse, 1.0f);
}

TEST(Hybrid, QuantizeSurvivesAnything) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const float tiny = std::numeric_limits<float>::denorm_min();
  for (const float a : {inf, -inf, nan, tiny, -tiny, FLT_MAX, 0.0f}) {
    for (const float b : {inf, -inf, nan, tiny, -tiny, -FLT_MAX, 1.0f}) {
      const float in[] = {a, b};
      int8_t out[2];
      const HybridGroup g = hybrid_quantize(2, in, out);
      EXPECT_GE(g.zero, -128) << a << ' ' << b;
      EXPECT_LE(g.zero, 127) << a << ' ' << b;
    }
  }
}

TEST(Hybrid, ResultWrapsAround) { EXPECT_EQ(hybrid_result(0x80000000u, {1.0f, 0}, 1.0f, 0.0f, kAll), -2147483648.0f); }

TEST(Hybrid, FullyConnectedByHand) {
  // Rows of their own steps: 0.01 (zero -28) and 1 (zero -128); all values are exact multiples.
  const float in[] = {-1, 1.55f, 255, 3}, scales[] = {0.5f, 2}, bias[] = {1, -1};
  const int8_t w[] = {2, 4, -3, 1};
  int8_t scratch[2];
  float out[4];
  fully_connected_hybrid({2, 2, 2}, {scales, 1}, kAll, in, w, bias, scratch, out);
  const float want[] = {3.1f, 8.1f, 262, -1525};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(out[i], want[i], 1e-5f * std::fabs(want[i])) << i;
  fully_connected_hybrid({2, 2, 2}, {scales, 0}, {0, 100}, in, w, nullptr, scratch, out);
  const float one_scale[] = {2.1f, 2.275f, 100, 0};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(out[i], one_scale[i], 1e-5f) << i;
}

TEST(Hybrid, FullyConnectedRandom) {
  Random random;
  const FullyConnectedShape s = {3, 37, 5};
  const auto in = random.floats(s.rows * s.in, -2, 3);
  const auto scales = random.floats(s.out, 0.01f, 0.1f), bias = random.floats(s.out, -1, 1);
  const auto w = random.weights(s.out * s.in);
  std::vector<int8_t> scratch(s.in);
  std::vector<float> out(s.rows * s.out);
  fully_connected_hybrid(s, {scales.data(), 1}, kAll, in.data(), w.data(), bias.data(), scratch.data(), out.data());
  for (int r = 0; r < s.rows; ++r) {
    const auto x = as_quantized(in.data() + r * s.in, s.in);
    for (int c = 0; c < s.out; ++c) {
      double want = 0;
      for (int i = 0; i < s.in; ++i) want += x[i] * w[c * s.in + i];
      ASSERT_NEAR(out[r * s.out + c], want * scales[c] + bias[c], 1e-4);
    }
  }
}

/// One output value over the quantized image. Weights of a tap lie `tap_step` apart, `first` being the channel's first.
double naive(const ConvShape& s, const std::vector<double>& x, const int8_t* first, int tap_step, int channel, int channels,
             int oy, int ox) {
  double acc = 0;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx) {
      const int y = oy * s.stride_h - s.pad_top + fy * s.dilation_h, col = ox * s.stride_w - s.pad_left + fx * s.dilation_w;
      if (y < 0 || y >= s.in_h || col < 0 || col >= s.in_w) continue;
      for (int i = 0; i < channels; ++i) {
        acc += x[(y * s.in_w + col) * s.in_c + channel + i] * first[(fy * s.filter_w + fx) * tap_step + i];
      }
    }
  }
  return acc;
}

/// Runs a kernel on two images of different ranges, and compares with `naive`.
template <typename Kernel, typename Value>
void check_conv(const ConvShape& s, size_t weights_count, Kernel kernel, Value value) {
  Random random;
  const int image = s.in_h * s.in_w * s.in_c;
  auto in = random.floats(s.batch * image, -1, 2);
  for (int i = 0; i < image; ++i) in[i] *= 7;
  const auto scales = random.floats(s.out_c, 0.01f, 0.1f), bias = random.floats(s.out_c, -1, 1);
  const auto w = random.weights(weights_count);
  std::vector<int8_t> scratch(image);
  std::vector<float> out(s.batch * s.out_h * s.out_w * s.out_c);
  for (const int step : {0, 1}) {
    for (const bool biased : {false, true}) {
      kernel(s, HybridScales{scales.data(), step}, FloatRange{0, FLT_MAX}, in.data(), w.data(), biased ? bias.data() : nullptr,
             scratch.data(), out.data());
      for (size_t i = 0; i < out.size(); ++i) {
        const int c = i % s.out_c, ox = i / s.out_c % s.out_w, oy = i / s.out_c / s.out_w % s.out_h;
        const auto x = as_quantized(in.data() + i / (s.out_c * s.out_w * s.out_h) * image, image);
        const double want = value(x, w, oy, ox, c) * scales[c * step] + (biased ? bias[c] : 0);
        ASSERT_NEAR(out[i], std::max(want, 0.0), 1e-3) << i;
      }
    }
  }
}

TEST(Hybrid, Conv2d) {
  const ConvShape s = {2, 5, 6, 4, 3, 6, 6, 3, 3, 2, 1, 1, 1, 1, 1, 2};  // two groups, a pad of one everywhere
  check_conv(s, 6 * 3 * 3 * 2, conv2d_hybrid, [&](const auto& x, const auto& w, int oy, int ox, int c) {
    return naive(s, x, &w[c * 3 * 3 * 2], 2, c / 3 * 2, 2, oy, ox);
  });
}

TEST(Hybrid, PointwiseConv2dQuantizesEachPixel) {
  // Two pixels of one image with steps of their own, 0.01 and 1: as rows of a fully connected op.
  const float in[] = {-1, 1.55f, 255, 3}, scales[] = {0.5f, 2}, bias[] = {1, -1};
  const int8_t w[] = {2, 4, -3, 1};
  int8_t scratch[4];
  float out[4];
  conv2d_hybrid({1, 1, 2, 2, 1, 2, 2, 1, 1, 1, 1, 1, 1, 0, 0, 1}, {scales, 1}, kAll, in, w, bias, scratch, out);
  const float want[] = {3.1f, 8.1f, 262, -1525};
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(out[i], want[i], 1e-5f * std::fabs(want[i])) << i;
}

TEST(Hybrid, DepthwiseConv2d) {
  const ConvShape s = {2, 6, 5, 3, 4, 5, 6, 3, 3, 1, 1, 2, 1, 1, 1, 3};  // a multiplier of two, rows dilated
  check_conv(s, 3 * 3 * 6, depthwise_conv2d_hybrid, [&](const auto& x, const auto& w, int oy, int ox, int c) {
    return naive(s, x, &w[c], 6, c / 2, 1, oy, ox);
  });
}

}  // namespace
}  // namespace inlay::kernels
