// SPDX-License-Identifier: Apache-2.0
#include "kernels/strided_copy.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace inlay::kernels {
namespace {

/// Copies by the definition, element by element.
template <typename T>
std::vector<T> expected(const std::vector<int64_t>& dims, const std::vector<int64_t>& strides, int64_t offset, const std::vector<T>& in) {
  const int64_t count = std::accumulate(dims.begin(), dims.end(), int64_t{1}, std::multiplies<>());
  std::vector<T> out;
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = offset, rest = i;
    for (size_t d = dims.size(); d-- > 0; rest /= dims[d]) at += rest % dims[d] * strides[d];
    out.push_back(in[static_cast<size_t>(at)]);
  }
  return out;
}

template <typename T>
void check_copy(const std::vector<int64_t>& dims, const std::vector<int64_t>& strides, int64_t offset = 0) {
  std::vector<T> in(4096);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<T>(i * 7 + 3);
  const std::vector<T> want = expected(dims, strides, offset, in);
  std::vector<T> out(want.size() + 1, T(99));
  StridedCopy copy;
  make_strided_copy(dims.data(), strides.data(), static_cast<int32_t>(dims.size()), offset, sizeof(T), &copy);
  strided_copy(copy, in.data(), out.data());
  EXPECT_EQ(std::vector<T>(out.begin(), out.end() - 1), want);
  EXPECT_EQ(out.back(), T(99));
}

template <typename T>
void check_copies() {
  check_copy<T>({}, {}, 5);
  check_copy<T>({7}, {1});
  check_copy<T>({7}, {-1}, 6);
  check_copy<T>({5}, {0}, 3);
  check_copy<T>({35, 70}, {1, 35});                   // a transpose over several tiles
  check_copy<T>({4, 35, 3}, {1, 12, 4});              // the input runs along the outermost dim
  check_copy<T>({2, 3, 4, 5}, {60, 1, 15, 3});        // NHWC to NCHW
  check_copy<T>({3, 4, 5}, {20, -5, 1}, 15);          // rows backwards, merged elements
  check_copy<T>({2, 3, 2, 4}, {0, 4, 0, 1});          // tiles
  check_copy<T>({3, 4}, {1, 0});                      // repeats along the inner dim
  check_copy<T>({2, 2, 2, 2, 2, 2, 2, 2}, {1, 2, 4, 8, 16, 32, 64, 128});
}

TEST(StridedCopy, EveryElementSize) {
  check_copies<uint8_t>();
  check_copies<uint16_t>();
  check_copies<uint32_t>();
  check_copies<uint64_t>();
}

TEST(StridedCopy, ContiguousDimsMerge) {
  const int64_t dims[4] = {2, 3, 4, 5}, strides[4] = {120, 20, 5, 1};
  StridedCopy copy;
  make_strided_copy(dims, strides, 4, 0, 2, &copy);
  EXPECT_EQ(copy.unit, 120);
  EXPECT_EQ(copy.dims[0] * copy.dims[1], 2);
}

TEST(StridedCopy, EmptyTouchesNothing) {
  const int64_t dims[2] = {3, 0}, strides[2] = {4, 1};
  StridedCopy copy;
  make_strided_copy(dims, strides, 2, 0, 4, &copy);
  strided_copy(copy, nullptr, nullptr);
}

TEST(StridedCopy, InPlaceRunStays) {
  uint16_t data[6] = {1, 2, 3, 4, 5, 6};
  const int64_t dims[2] = {2, 2}, strides[2] = {2, 1};
  StridedCopy copy;
  make_strided_copy(dims, strides, 2, 2, 2, &copy);
  strided_copy(copy, data, data + 2);
  for (uint16_t i = 0; i < 6; ++i) EXPECT_EQ(data[i], i + 1);
}

TEST(StridedCopy, ReverseWritesWhereItRead) {
  const int64_t dims[2] = {2, 2}, strides[2] = {4, 2};
  StridedCopy copy;
  make_strided_copy(dims, strides, 2, 1, 4, &copy);
  reverse_copy(&copy);
  const uint32_t part[4] = {1, 2, 3, 4};
  uint32_t whole[8] = {};
  strided_copy(copy, part, whole + 1);
  const uint32_t want[8] = {0, 1, 0, 2, 0, 3, 0, 4};
  for (int i = 0; i < 8; ++i) EXPECT_EQ(whole[i], want[i]);
}

}  // namespace
}  // namespace inlay::kernels
