// SPDX-License-Identifier: Apache-2.0
#include "kernels/mean.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

/// Sums by walking all indices, one by one.
template <typename T>
std::vector<double> naive_sums(const std::vector<int32_t>& dims, uint32_t mask, const std::vector<T>& in, double zero) {
  size_t outputs = 1;
  for (size_t d = 0; d < dims.size(); ++d) outputs *= (mask >> d & 1) ? 1 : dims[d];
  std::vector<double> sums(outputs);
  for (size_t i = 0; i < in.size(); ++i) {
    size_t rest = i, index = 0, stride = 1;
    for (size_t d = dims.size(); d-- > 0;) {
      const size_t at = rest % dims[d];
      rest /= dims[d];
      if ((mask >> d & 1) == 0) {
        index += at * stride;
        stride *= dims[d];
      }
    }
    sums[index] += in[i] - zero;
  }
  return sums;
}

const std::vector<int32_t> kDims[] = {{}, {5}, {1, 7}, {2, 3, 67}, {2, 5, 4, 3}, {3, 1, 2, 1, 5}, {2, 2, 2, 2, 2, 3, 2, 2}};

template <typename Check>
void for_all_masks(Check check) {
  for (const auto& dims : kDims) {
    int32_t count = 1;
    for (int32_t d : dims) count *= d;
    for (uint32_t mask = 0; mask < 1u << dims.size(); ++mask) {
      int32_t reduced = 1;
      for (size_t d = 0; d < dims.size(); ++d) reduced *= (mask >> d & 1) ? dims[d] : 1;
      check(dims, mask, count, reduced, mean_shape(dims.data(), static_cast<int32_t>(dims.size()), mask));
    }
  }
}

template <typename T, typename Kernel>
void check_mean(int32_t zero, int32_t out_zero, Kernel kernel) {
  std::mt19937 random(21);
  const int low = std::numeric_limits<T>::min();
  for_all_masks([&](const std::vector<int32_t>& dims, uint32_t mask, int32_t count, int32_t reduced, const MeanShape& shape) {
    std::vector<T> in(count), out(count / reduced);
    for (T& v : in) v = static_cast<T>(random() % 256);
    const float scale = 0.03f / (0.02f * static_cast<float>(reduced));
    kernel(shape, MeanQuant{scale, zero, out_zero, {low, low + 255}}, in.data(), out.data());
    const std::vector<double> sums = naive_sums(dims, mask, in, zero);
    ASSERT_EQ(sums.size(), out.size());
    for (size_t i = 0; i < out.size(); ++i) {
      const double want = std::nearbyint(static_cast<float>(sums[i]) * scale + static_cast<float>(out_zero));
      ASSERT_EQ(out[i], std::min(std::max(want, double(low)), low + 255.0)) << "mask " << mask;
    }
  });
}

TEST(Mean, Int8) {
  for (const int32_t zero : {-128, 127, 3}) check_mean<int8_t>(zero, zero, mean_s8);
}

TEST(Mean, Uint8) {
  for (const int32_t zero : {0, 255, 100}) check_mean<uint8_t>(zero, 255 - zero, mean_u8);
}

TEST(Mean, Float) {
  std::mt19937 random(22);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for_all_masks([&](const std::vector<int32_t>& dims, uint32_t mask, int32_t count, int32_t reduced, const MeanShape& shape) {
    std::vector<float> in(count), out(count / reduced);
    for (float& v : in) v = uniform(random);
    mean_f32(shape, in.data(), out.data());
    const std::vector<double> sums = naive_sums(dims, mask, in, 0);
    for (size_t i = 0; i < out.size(); ++i) ASSERT_NEAR(out[i], sums[i] / reduced, 1e-6) << "mask " << mask;
  });
}

TEST(Mean, NeighboursOfOneFateMerge) {
  const int32_t dims[] = {2, 3, 4, 5};
  const MeanShape inner = mean_shape(dims, 4, 0b1100);
  EXPECT_TRUE(inner.inner_reduced);
  EXPECT_EQ(inner.inner, 20);
  EXPECT_EQ(inner.reduced.count, 1);
  EXPECT_EQ(inner.kept.count, 6);
  const MeanShape global_pool = mean_shape(dims, 4, 0b0110);
  EXPECT_FALSE(global_pool.inner_reduced);
  EXPECT_EQ(global_pool.inner, 5);
  EXPECT_EQ(global_pool.reduced.count, 12);
}

TEST(MeanShape, ARunIsShortEnoughToCountItsBlocks) {
  for (const uint32_t mask : {0u, 1u}) {
    const int32_t dims[1] = {INT32_MAX};
    const MeanShape one = mean_shape(dims, 1, mask);
    EXPECT_LE(one.inner, 1 << 30);
    EXPECT_EQ(one.inner * one.kept.count * one.reduced.count, INT32_MAX);
  }
}

}  // namespace
}  // namespace inlay::kernels
