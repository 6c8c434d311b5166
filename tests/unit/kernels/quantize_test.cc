// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace inlay::kernels {
namespace {

TEST(Quantize, FloatToInt8TiesToEvenAndClamps) {
  const float in[] = {0.25f, 0.75f, -0.25f, 0.5f, 1000.0f, -1000.0f, std::numeric_limits<float>::infinity(), NAN};
  int8_t out[8];
  quantize_f32(8, 2.0f, -1, {-128, 127}, in, out);  // scale 0.5
  const int8_t want[] = {-1, 1, -1, 0, 127, -128, 127, -128};  // 0.5 -> 0, 1.5 -> 2, -0.5 -> 0
  for (int i = 0; i < 8; ++i) EXPECT_EQ(out[i], want[i]) << i;
}

TEST(Quantize, FloatToUint8AndInt16) {
  const float in[] = {-1.0f, 0.0f, 3.0f};
  uint8_t u[3];
  quantize_f32(3, 1.0f, 255, {0, 255}, in, u);
  EXPECT_EQ(u[0], 254);
  EXPECT_EQ(u[2], 255);
  int16_t s[3];
  quantize_f32(3, 10000.0f, 0, {-32768, 32767}, in, s);
  EXPECT_EQ(s[0], -10000);
  EXPECT_EQ(s[2], 30000);
}

TEST(Rescale, EveryUint8ToInt8OfTheSameScaleIsAnOffset) {
  const Rescale r = {1.0f, 128, 0, {-128, 127}};
  for (int q = 0; q < 256; ++q) {
    const uint8_t in = static_cast<uint8_t>(q);
    int8_t out;
    rescale(1, r, &in, &out);
    EXPECT_EQ(out, q - 128);
  }
}

TEST(Rescale, InPlaceWithinHalfAStepOfTheReal) {
  for (int32_t zero_in : {-128, 127}) {
    for (int32_t zero_out : {-128, 127}) {
      const float ratio = 0.3f;
      int8_t q[256];
      for (int i = 0; i < 256; ++i) q[i] = static_cast<int8_t>(i - 128);
      rescale(256, {ratio, zero_in, zero_out, {-128, 127}}, q, q);
      for (int i = 0; i < 256; ++i) {
        const double real = std::fmin(std::fmax((i - 128 - zero_in) * double{ratio} + zero_out, -128), 127);
        EXPECT_LE(std::fabs(q[i] - real), 0.5 + 1e-4);
      }
    }
  }
}

TEST(Rescale, Int16Extremes) {
  const int16_t in[] = {-32768, 32767};
  int16_t out[2];
  rescale(2, {1.0f, 32767, -32768, {-32768, 32767}}, in, out);
  EXPECT_EQ(out[0], -32768);
  EXPECT_EQ(out[1], -32768);
  int8_t small[2];
  rescale(2, {1.0f / 256, 0, 0, {-128, 127}}, in, small);
  EXPECT_EQ(small[0], -128);
  EXPECT_EQ(small[1], 127);
}

TEST(Dequantize, PerTensorAndPerChannel) {
  const int8_t in[] = {-128, 127, 0, 1, 2, 3};
  float out[6];
  const float scale = 0.5f;
  const int32_t zero = -128;
  dequantize({1, 1, 6}, &scale, &zero, in, out);
  EXPECT_EQ(out[0], 0.0f);
  EXPECT_EQ(out[1], 127.5f);
  const float scales[] = {1.0f, 2.0f, 4.0f};
  dequantize({1, 3, 2}, scales, nullptr, in, out);
  const float want[] = {-128, 127, 0, 2, 8, 12};
  for (int i = 0; i < 6; ++i) EXPECT_EQ(out[i], want[i]);
}

TEST(Half, EveryValueAgainstItsFormula) {
  for (uint32_t h = 0; h < 65536; ++h) {
    const int exponent = static_cast<int>(h >> 10 & 31), fraction = static_cast<int>(h & 1023);
    const float got = half_to_float(static_cast<uint16_t>(h));
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(got), fraction != 0);
      EXPECT_EQ(std::isinf(got), fraction == 0);
    } else {
      const double size = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
      EXPECT_EQ(got, static_cast<float>(h >> 15 != 0 ? -size : size));
    }
    EXPECT_EQ(std::signbit(got), h >> 15 != 0);
  }
}

}  // namespace
}  // namespace inlay::kernels
