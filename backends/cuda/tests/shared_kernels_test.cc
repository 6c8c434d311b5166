// SPDX-License-Identifier: Apache-2.0
// What no conformance case asks of the shared kernels: bilinear resizing by vectors of four channels gives the bits of single ones.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "emulator/launch.h"

namespace inlay::cuda {
namespace {

/// As in gpu/kernels/resize_bilinear.cl.
struct Shape {
  int32_t count, channels, in_w, in_h, out_w, out_h;
};
struct Tap {
  int32_t low, high, fraction, unused;
};

constexpr int32_t kIn = 3, kOut = 5, kChannels = 8;

/// 3 x 3 pixels to 5 x 5, which lie between two each; fractions in 2048ths, or as floats' bits.
std::vector<Tap> make_taps(bool real) {
  std::vector<Tap> taps;
  for (int32_t axis = 0; axis < 2; ++axis) {
    for (int32_t i = 0; i < kOut; ++i) {
      const int32_t steps = 256 * (i + axis);
      const float fraction = static_cast<float>(steps) / 2048.0f;
      Tap tap = {i / 2, i / 2 + 1 < kIn ? i / 2 + 1 : i / 2, steps, 0};
      if (real) std::memcpy(&tap.fraction, &fraction, sizeof(fraction));
      taps.push_back(tap);
    }
  }
  return taps;
}

template <typename T>
std::vector<T> resized(const std::string& options, int32_t width, bool real) {
  const Kernel* kernel = find_kernel("resize_bilinear", (options + " -DCOUNT=" + std::to_string(width)).c_str(), "resize_bilinear");
  if (kernel == nullptr) return {};
  std::vector<T> in(kIn * kIn * kChannels), out(kOut * kOut * kChannels);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<T>(static_cast<int>(i * 37 % 251) - 100);
  const std::vector<Tap> taps = make_taps(real);
  const Shape shape = {static_cast<int32_t>(out.size()) / width, kChannels / width, kIn, kIn, kOut, kOut};
  emulator::launch_with(*kernel, static_cast<unsigned>(shape.count + 63) / 64, 64, 0, in.data(), out.data(), taps.data(), shape);
  return out;
}

template <typename T>
void expect_same(const std::string& options, bool real) {
  const std::vector<T> one = resized<T>(options, 1, real), four = resized<T>(options, 4, real);
  ASSERT_FALSE(one.empty()) << options;
  EXPECT_NE(one.front(), one.back()) << options;
  EXPECT_EQ(one, four) << options;
}

TEST(CudaSharedKernels, ResizingByVectorsGivesTheSameBits) {
  expect_same<int8_t>("-DQ=char -DQ_IS_SIGNED", false);
  expect_same<uint8_t>("-DQ=uchar", false);
  expect_same<float>("-DREAL=float", true);
}

}  // namespace
}  // namespace inlay::cuda
