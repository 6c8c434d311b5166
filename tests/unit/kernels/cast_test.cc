// SPDX-License-Identifier: Apache-2.0
#include "kernels/cast.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/quantize.h"

namespace inlay::kernels {
namespace {

template <typename To, typename From>
std::vector<To> cast_all(inlay_dtype from, inlay_dtype to, const std::vector<From>& in) {
  std::vector<To> out(in.size());
  cast(from, to, static_cast<int64_t>(in.size()), in.data(), out.data());
  return out;
}

TEST(Cast, FloatsSaturateTowardZero) {
  const std::vector<float> in = {1.9f, -1.9f, 300, -300, 3e9f, -3e9f, HUGE_VALF, -HUGE_VALF, std::nanf("")};
  EXPECT_EQ((cast_all<int8_t>(INLAY_FLOAT32, INLAY_INT8, in)), (std::vector<int8_t>{1, -1, 127, -128, 127, -128, 127, -128, 127}));
  EXPECT_EQ((cast_all<uint8_t>(INLAY_FLOAT32, INLAY_UINT8, in)), (std::vector<uint8_t>{1, 0, 255, 0, 255, 0, 255, 0, 255}));
  EXPECT_EQ((cast_all<int32_t>(INLAY_FLOAT32, INLAY_INT32, in)),
            (std::vector<int32_t>{1, -1, 300, -300, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MIN, INT32_MAX}));
  EXPECT_EQ((cast_all<int64_t>(INLAY_FLOAT32, INLAY_INT64, in)),
            (std::vector<int64_t>{1, -1, 300, -300, 3000000000, -3000000000, INT64_MAX, INT64_MIN, INT64_MAX}));
  EXPECT_EQ((cast_all<uint8_t>(INLAY_FLOAT32, INLAY_BOOL, std::vector<float>{0, -0.0f, 0.1f, std::nanf("")})),
            (std::vector<uint8_t>{0, 0, 1, 1}));
}

TEST(Cast, IntegersKeepTheLowBits) {
  EXPECT_EQ((cast_all<int8_t>(INLAY_INT32, INLAY_INT8, std::vector<int32_t>{1, 200, 256, -129})), (std::vector<int8_t>{1, -56, 0, 127}));
  EXPECT_EQ((cast_all<uint32_t>(INLAY_INT8, INLAY_UINT32, std::vector<int8_t>{-1})), (std::vector<uint32_t>{0xffffffffu}));
  EXPECT_EQ((cast_all<float>(INLAY_INT64, INLAY_FLOAT32, std::vector<int64_t>{(int64_t{1} << 40) + 1})), (std::vector<float>{1099511627776.0f}));
}

TEST(Cast, MoreThanABlock) {
  std::vector<int16_t> in(1000);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<int16_t>(i * 31);
  const auto out = cast_all<float>(INLAY_INT16, INLAY_FLOAT32, in);
  for (size_t i = 0; i < in.size(); ++i) ASSERT_EQ(out[i], in[i]);
}

TEST(Cast, EveryHalfComesBack) {
  for (uint32_t half = 0; half < 65536; ++half) {
    const float v = half_to_float(static_cast<uint16_t>(half));
    if (v == v) {
      ASSERT_EQ(float_to_half(v), half);
    } else {
      ASSERT_EQ(float_to_half(v) & 0x7c00u, 0x7c00u);
      ASSERT_NE(float_to_half(v) & 0x3ffu, 0u);
    }
  }
  // Between two halves: the even one; just beside the middle: the nearer.
  for (uint32_t half = 0; half < 0x7bff; ++half) {
    const float low = half_to_float(static_cast<uint16_t>(half)), high = half_to_float(static_cast<uint16_t>(half + 1));
    const float middle = (low + high) / 2;
    ASSERT_EQ(float_to_half(middle), (half & 1) == 0 ? half : half + 1);
    ASSERT_EQ(float_to_half(std::nextafterf(middle, 0)), half);
    ASSERT_EQ(float_to_half(std::nextafterf(middle, HUGE_VALF)), half + 1);
  }
  EXPECT_EQ(float_to_half(65519.0f), 0x7bff);
  EXPECT_EQ(float_to_half(65520.0f), 0x7c00);
}

}  // namespace
}  // namespace inlay::kernels
