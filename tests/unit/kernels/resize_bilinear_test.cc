// SPDX-License-Identifier: Apache-2.0
#include "kernels/resize_bilinear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace inlay::kernels {
namespace {

std::vector<float> row(std::vector<float> in, int32_t out_w, int32_t align, int32_t half) {
  std::vector<float> out(static_cast<size_t>(out_w));
  resize_bilinear_f32({1, 1, static_cast<int32_t>(in.size()), 1, 1, out_w, align, half}, in.data(), out.data());
  return out;
}

TEST(ResizeBilinear, RowsByHand) {
  EXPECT_EQ(row({0, 4}, 4, 0, 0), (std::vector<float>{0, 2, 4, 4}));
  EXPECT_EQ(row({0, 3}, 4, 1, 0), (std::vector<float>{0, 1, 2, 3}));
  EXPECT_EQ(row({0, 4}, 4, 0, 1), (std::vector<float>{0, 1, 3, 4}));
  EXPECT_EQ(row({0, 2, 4, 6}, 2, 0, 1), (std::vector<float>{1, 5}));
  EXPECT_EQ(row({7}, 3, 1, 0), (std::vector<float>{7, 7, 7}));
  EXPECT_EQ(row({1, 2, 3}, 1, 1, 0), (std::vector<float>{1}));
}

TEST(ResizeBilinear, TapsStayInside) {
  for (int32_t in : {1, 2, 3, 7, 100, kResizeMax}) {
    for (int32_t out : {1, 2, 3, 50, kResizeMax}) {
      for (int mode = 0; mode < 3; ++mode) {
        const int32_t last = resize_tap(out - 1, in, out, mode == 1, mode == 2).high;
        EXPECT_LT(last, in);
        EXPECT_GE(resize_tap(0, in, out, mode == 1, mode == 2).low, 0);
      }
    }
  }
}

TEST(ResizeBilinear, ChannelsAndBatchesStayApart) {
  const float in[8] = {1, 10, 2, 20, 3, 30, 4, 40};  // [2, 2, 1, 2]
  float out[2 * 3 * 1 * 2];
  resize_bilinear_f32({2, 2, 1, 2, 3, 1, 1, 0}, in, out);
  const float want[12] = {1, 10, 1.5f, 15, 2, 20, 3, 30, 3.5f, 35, 4, 40};
  for (int i = 0; i < 12; ++i) EXPECT_EQ(out[i], want[i]);
}

TEST(ResizeBilinear, QuantizedRoundsTiesUpAndHoldsExtremes) {
  const int8_t in[4] = {-128, 127, 127, -128};
  int8_t out[9];
  resize_bilinear_s8({1, 2, 2, 1, 3, 3, 1, 0}, in, out);
  const int8_t want[9] = {-128, 0, 127, 0, 0, 0, 127, 0, -128};  // halves of -1 are -0.5, which goes up
  for (int i = 0; i < 9; ++i) EXPECT_EQ(out[i], want[i]);
  const uint8_t u[4] = {255, 255, 255, 255};
  uint8_t wide[25];
  resize_bilinear_u8({1, 2, 2, 1, 5, 5, 0, 1}, u, wide);
  for (uint8_t v : wide) EXPECT_EQ(v, 255);
}

TEST(ResizeBilinear, QuantizedFollowsFloat) {
  const int32_t h = 5, w = 4, oh = 13, ow = 9;
  std::vector<uint8_t> in(h * w), out(oh * ow);
  std::vector<float> real(h * w), want(oh * ow);
  for (int i = 0; i < h * w; ++i) real[i] = in[i] = static_cast<uint8_t>(i * 97 + 13);
  for (int mode = 0; mode < 3; ++mode) {
    const ResizeShape s = {1, h, w, 1, oh, ow, mode == 1, mode == 2};
    resize_bilinear_u8(s, in.data(), out.data());
    resize_bilinear_f32(s, real.data(), want.data());
    for (int i = 0; i < oh * ow; ++i) EXPECT_LE(std::fabs(out[i] - want[i]), 0.5f + 0.25f);
  }
}

}  // namespace
}  // namespace inlay::kernels
