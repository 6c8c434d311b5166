// SPDX-License-Identifier: Apache-2.0
#include "kernels/pad.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace inlay::kernels {
namespace {

template <typename T>
std::vector<T> run(std::vector<int32_t> in, std::vector<int32_t> before, std::vector<int32_t> after, int32_t mode, uint32_t value,
                   const std::vector<T>& data) {
  PadShape shape = {};
  make_pad_shape(in.data(), before.data(), after.data(), static_cast<int32_t>(in.size()), mode, &shape);
  size_t count = 1;
  for (size_t d = 0; d < in.size(); ++d) count *= static_cast<size_t>(in[d] + before[d] + after[d]);
  std::vector<T> out(count, T{77});
  pad(shape, sizeof(T), value, data.data(), out.data());
  return out;
}

using I8 = std::vector<int8_t>;

TEST(Pad, ConstantByHand) {
  EXPECT_EQ(run<int8_t>({3}, {2}, {1}, kPadConstant, static_cast<uint32_t>(-128), {1, 2, 3}), (I8{-128, -128, 1, 2, 3, -128}));
  EXPECT_EQ(run<int8_t>({2, 2}, {1, 0}, {0, 1}, kPadConstant, 9, {1, 2, 3, 4}), (I8{9, 9, 9, 1, 2, 9, 3, 4, 9}));
  EXPECT_EQ(run<int8_t>({1, 1, 2, 2}, {0, 0, 1, 0}, {0, 0, 1, 0}, kPadConstant, 0, {1, 2, 3, 4}), (I8{0, 0, 1, 2, 3, 4, 0, 0}));
}

TEST(Pad, MirrorsByHand) {
  EXPECT_EQ(run<int8_t>({3}, {2}, {2}, kPadReflect, 0, {1, 2, 3}), (I8{3, 2, 1, 2, 3, 2, 1}));
  EXPECT_EQ(run<int8_t>({3}, {3}, {2}, kPadSymmetric, 0, {1, 2, 3}), (I8{3, 2, 1, 1, 2, 3, 3, 2}));
  EXPECT_EQ(run<int8_t>({2, 2}, {1, 1}, {0, 0}, kPadReflect, 0, {1, 2, 3, 4}), (I8{4, 3, 4, 2, 1, 2, 4, 3, 4}));
  EXPECT_EQ(run<int8_t>({2, 2}, {0, 1}, {1, 0}, kPadSymmetric, 0, {1, 2, 3, 4}), (I8{1, 1, 2, 3, 3, 4, 3, 3, 4}));
}

TEST(Pad, ScalarEmptyAndWide) {
  EXPECT_EQ(run<int8_t>({}, {}, {}, kPadConstant, 0, {5}), (I8{5}));
  EXPECT_EQ(run<int8_t>({0, 2}, {1, 0}, {1, 0}, kPadConstant, 3, {}), (I8{3, 3, 3, 3}));
  EXPECT_EQ(run<int8_t>({2, 0}, {1, 0}, {1, 0}, kPadConstant, 3, {}), (I8{}));
  EXPECT_EQ(run<int16_t>({1}, {1}, {0}, kPadConstant, 0xfffe, {7}), (std::vector<int16_t>{-2, 7}));
  const float value = 1.5f;
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  EXPECT_EQ(run<float>({1}, {0}, {1}, kPadConstant, bits, {2.0f}), (std::vector<float>{2.0f, 1.5f}));
}

TEST(Pad, RankFiveAgainstCoordinates) {
  const std::vector<int32_t> in = {2, 3, 1, 2, 3}, before = {1, 0, 2, 0, 1}, after = {0, 1, 1, 0, 2};
  std::vector<int32_t> data(36);
  for (int i = 0; i < 36; ++i) data[i] = i;
  const std::vector<int32_t> out = run<int32_t>(in, before, after, kPadConstant, static_cast<uint32_t>(-1), data);
  size_t at = 0;
  for (int a = -1; a < 2; ++a)
    for (int b = 0; b < 4; ++b)
      for (int c = -2; c < 2; ++c)
        for (int e = 0; e < 2; ++e)
          for (int f = -1; f < 5; ++f) {
            const bool inside = a >= 0 && b < 3 && c == 0 && f >= 0 && f < 3;
            EXPECT_EQ(out[at++], inside ? ((a * 3 + b) * 2 + e) * 3 + f : -1);
          }
}

}  // namespace
}  // namespace inlay::kernels
