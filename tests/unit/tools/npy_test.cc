// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/npy.h"

#include <gtest/gtest.h>

#include <cstring>

namespace inlay::tools {
namespace {

TEST(Npy, ComesBackAsWritten) {
  const std::vector<float> values = {1, -2, 3.5f, 4, 5, 6};
  const std::vector<int64_t> shape = {2, 3};
  const NpyArray array = parse_npy(format_npy(INLAY_FLOAT32, shape, values.data(), 24), "x.npy");
  EXPECT_EQ(array.dtype, INLAY_FLOAT32);
  EXPECT_EQ(array.shape, shape);
  EXPECT_EQ(0, std::memcmp(array.data.data(), values.data(), 24));
}

TEST(Npy, EveryCutIsRefused) {
  const int32_t values[4] = {1, 2, 3, 4};
  const Bytes file = format_npy(INLAY_INT32, {4}, values, 16);
  for (size_t n = 0; n < file.size(); ++n) {
    EXPECT_THROW(parse_npy(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(n)), "x"), Error) << n;
  }
}

}  // namespace
}  // namespace inlay::tools
