// SPDX-License-Identifier: Apache-2.0
#include "kernels/depthwise_conv2d.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

ConvShape make_shape(int32_t batch, int32_t h, int32_t w, int32_t c, int32_t m, int32_t fh, int32_t fw, int32_t stride,
                     int32_t dilation, int32_t pad_top, int32_t pad_left) {
  const int32_t oh = (h + 2 * pad_top - ((fh - 1) * dilation + 1)) / stride + 1;
  const int32_t ow = (w + 2 * pad_left - ((fw - 1) * dilation + 1)) / stride + 1;
  return {batch, h, w, c, oh, ow, c * m, fh, fw, stride, stride, dilation, dilation, pad_top, pad_left, c};
}

/// The sum of one output value, tap by tap, in the widest type at hand.
template <typename Acc, typename T>
Acc naive(const ConvShape& s, const std::vector<T>& in, const std::vector<T>& w, Acc zx, Acc zw, int b, int oy, int ox, int c) {
  const int m = s.out_c / s.in_c;
  Acc acc = 0;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx) {
      const int y = oy * s.stride_h - s.pad_top + fy * s.dilation_h, x = ox * s.stride_w - s.pad_left + fx * s.dilation_w;
      if (y < 0 || y >= s.in_h || x < 0 || x >= s.in_w) continue;
      acc += (static_cast<Acc>(in[((b * s.in_h + y) * s.in_w + x) * s.in_c + c / m]) - zx) *
             (static_cast<Acc>(w[(fy * s.filter_w + fx) * s.out_c + c]) - zw);
    }
  }
  return acc;
}

const ConvShape kShapes[] = {
    make_shape(2, 5, 6, 3, 1, 3, 3, 1, 1, 1, 1), make_shape(1, 7, 5, 67, 1, 3, 2, 2, 1, 0, 1),
    make_shape(1, 6, 6, 5, 2, 2, 3, 1, 2, 1, 2), make_shape(1, 4, 4, 1, 8, 3, 3, 1, 1, 1, 1),
    make_shape(1, 3, 3, 2, 70, 1, 1, 1, 1, 0, 0), make_shape(1, 4, 5, 23, 3, 3, 3, 2, 1, 1, 1),
};

template <typename T, typename Kernel>
void check_depthwise(int32_t zx, int32_t zw, int32_t zo, Kernel kernel) {
  std::mt19937 random(7);
  const int32_t low = std::numeric_limits<T>::min();
  for (const ConvShape& s : kShapes) {
    std::vector<T> in(s.batch * s.in_h * s.in_w * s.in_c), w(s.filter_h * s.filter_w * s.out_c);
    for (T& v : in) v = static_cast<T>(low + static_cast<int32_t>(random() % 256));
    for (T& v : w) v = static_cast<T>(low + static_cast<int32_t>(random() % 256));
    std::vector<float> scales(s.out_c);
    std::vector<int32_t> bias(s.out_c);
    for (float& v : scales) v = 0.0005f + static_cast<float>(random() % 100) * 0.00003f;
    for (int32_t& v : bias) v = static_cast<int32_t>(random() % 20001) - 10000;
    std::vector<T> out(s.batch * s.out_h * s.out_w * s.out_c);
    kernel(s, ConvQuant{scales.data(), bias.data(), zx, zw, zo, {low, low + 255}}, in.data(), w.data(), out.data());
    size_t i = 0;
    for (int b = 0; b < s.batch; ++b) {
      for (int oy = 0; oy < s.out_h; ++oy) {
        for (int ox = 0; ox < s.out_w; ++ox) {
          for (int c = 0; c < s.out_c; ++c, ++i) {
            const int64_t acc = bias[c] + naive<int64_t>(s, in, w, zx, zw, b, oy, ox, c);
            const double want = std::nearbyint(static_cast<float>(acc) * scales[c]) + zo;
            ASSERT_EQ(out[i], std::min(std::max(want, double(low)), low + 255.0)) << "channel " << c;
          }
        }
      }
    }
  }
}

TEST(DepthwiseConv2d, Int8) {
  for (int32_t zero : {-128, 127, 5}) check_depthwise<int8_t>(zero, 0, -zero - 1, depthwise_conv2d_s8);
}

TEST(DepthwiseConv2d, Uint8) {
  for (int32_t zero : {0, 255, 131}) check_depthwise<uint8_t>(zero, 255 - zero, zero, depthwise_conv2d_u8);
}

TEST(DepthwiseConv2d, ByHand) {
  // One row [1, 2, 3], filter [1, 10] for the first multiple and [100, -1] for the second, one zero padded on the left.
  const ConvShape s = {1, 1, 3, 1, 1, 3, 2, 1, 2, 1, 1, 1, 1, 0, 1, 1};
  const float in[] = {1, 2, 3}, w[] = {1, 100, 10, -1}, bias[] = {0.5f, 0};
  float out[6];
  depthwise_conv2d_f32(s, {-FLT_MAX, 300.0f}, in, w, bias, out);
  const float want[] = {10.5f, -1, 21.5f, 98, 32.5f, 197};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(out[i], want[i]) << i;
}

TEST(DepthwiseConv2d, Float) {
  std::mt19937 random(9);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (const ConvShape& s : kShapes) {
    std::vector<float> in(s.batch * s.in_h * s.in_w * s.in_c), w(s.filter_h * s.filter_w * s.out_c);
    for (float& v : in) v = uniform(random);
    for (float& v : w) v = uniform(random);
    std::vector<float> out(s.batch * s.out_h * s.out_w * s.out_c);
    depthwise_conv2d_f32(s, {-0.5f, 0.75f}, in.data(), w.data(), nullptr, out.data());
    size_t i = 0;
    for (int b = 0; b < s.batch; ++b) {
      for (int oy = 0; oy < s.out_h; ++oy) {
        for (int ox = 0; ox < s.out_w; ++ox) {
          for (int c = 0; c < s.out_c; ++c, ++i) {
            ASSERT_NEAR(out[i], std::min(std::max(naive<double>(s, in, w, 0, 0, b, oy, ox, c), -0.5), 0.75), 1e-5);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace inlay::kernels
