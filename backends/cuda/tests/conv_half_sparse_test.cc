// SPDX-License-Identifier: Apache-2.0
// Convolutions of halves with 2:4 sparse weights in the emulator, and when they are offered.
#include "ops/conv_half_sparse.h"

#include <gtest/gtest.h>

#include <cstring>

#include "ops/sparse.h"
#include "tests/float_conv.h"

namespace inlay::cuda {
namespace {

/// Rows; windows, whose depth has chunks that are half zeros fill up; groups; output channels that are no multiples of 8.
const FloatConvShape kShapes[] = {
    {1, 1, 70, 104, 150, 1, 1, 1, 1, 0, 1},
    {2, 5, 6, 16, 34, 3, 3, 1, 1, 1, 1},
    {1, 9, 8, 24, 72, 2, 3, 2, 1, 1, 1},
    {1, 6, 5, 32, 48, 1, 1, 1, 1, 0, 2},
};

/// All tiles that take the pruned convolution; answers how many.
int32_t check(const FloatConvShape& shape, uint32_t activation, bool bias, std::mt19937* random) {
  FloatConv test(shape, INLAY_FAST_MATH_FP16, activation, bias, random);
  test.node.prune(1, random);
  const Node node = test.node.node();
  const ConvLaunch l = gpu::conv_launches(node).front();
  const int32_t sizes = half_sparse_sizes({node, l, nullptr});
  for (int32_t size = kOwnChoice; size < sizes; ++size) {
    Recipe recipe;
    plan_half_sparse({node, l, nullptr}, size, &recipe);
    SCOPED_TRACE(recipe.launches[0].id.key());
    EXPECT_EQ(compare(l, test.node, test.node.run(recipe), Math::kF16, activation, bias), l.pixels() * static_cast<size_t>(l.out_c));
  }
  return sizes;
}

TEST(CudaHalfSparse, EveryTileEveryRead) {
  std::mt19937 random(21);
  for (const FloatConvShape& shape : kShapes) {
    EXPECT_EQ(check(shape, INLAY_ACT_NONE, true, &random), 2);
    EXPECT_EQ(check(shape, INLAY_ACT_RELU6, false, &random), 2);
  }
}

/// How many tiles the node's first launch has on a device, with weights pruned or as they are.
int32_t offered(FloatConvShape shape, uint32_t allowed, int32_t arch, bool pruned) {
  std::mt19937 random(22);
  FloatConv test(shape, allowed, INLAY_ACT_NONE, true, &random);
  if (pruned) test.node.prune(1, &random);
  test.node.set_architecture(arch);
  const Node node = test.node.node();
  return half_sparse_sizes({node, gpu::conv_launches(node).front(), nullptr});
}

TEST(CudaHalfSparse, RefusesWhatItCannotDo) {
  EXPECT_EQ(offered(kShapes[1], INLAY_FAST_MATH_FP16, 80, true), 2);
  EXPECT_EQ(offered(kShapes[1], INLAY_FAST_MATH_FP16, 80, false), 0) << "weights that are not pruned";
  EXPECT_EQ(offered(kShapes[1], INLAY_FAST_MATH_FP16, 75, true), 0) << "no such instruction";
  EXPECT_EQ(offered(kShapes[1], 0, 80, true), 0) << "float32";
  FloatConvShape odd = kShapes[1];
  odd.in_c = 12;
  EXPECT_EQ(offered(odd, INLAY_FAST_MATH_FP16, 80, true), 0) << "no chunks of 8 channels";
}

TEST(CudaHalfSparse, TheNodeTakesTheForm) {
  std::mt19937 random(23);
  for (const bool pruned : {false, true}) {
    FloatConv test(kShapes[0], INLAY_FAST_MATH_FP16, INLAY_ACT_RELU, true, &random);
    if (pruned) test.node.prune(1, &random);
    Recipe recipe;
    plan_conv_real(test.node.node(), &recipe);
    ASSERT_EQ(recipe.launches.size(), 1u);
    EXPECT_EQ(recipe.launches[0].id.source, pruned ? "conv_f16_sparse" : "conv_gemm_f16");
  }
}

/// Words of a unit as PTX has them: row r's places of columns 0..15 in lane 4 * (r % 8), those of 16..31 in the next, rows 8..15 in
/// the high halves.
TEST(CudaHalfSparse, PlacesLieAsTheInstructionReadsThem) {
  ConvShape s = {};
  s.filter_h = s.filter_w = 1, s.group_in = s.in_c = 32, s.group_out = s.out_c = 16;
  const auto weight = [](int32_t c, int32_t, int32_t i) {
    const bool here = (c == 3 && i == 6) || (c == 11 && i == 17);
    return here ? 0x3c00 + i : 0;
  };
  const std::vector<uint8_t> unit = pack_sparse_halves(s, weight);
  ASSERT_EQ(unit.size(), static_cast<size_t>(kSparseUnitBytes));
  const auto word = [&](size_t lane) {
    uint32_t bits;
    std::memcpy(&bits, unit.data() + 512 + 4 * lane, 4);
    return bits;
  };
  constexpr uint32_t kNone = 0x44444444u;  // places 0 and 1, everywhere
  EXPECT_EQ(word(12), (kNone & ~0xf0u) | 0xe0u) << "row 3, columns 4..7: places 2 and 3";
  EXPECT_EQ(word(13), (kNone & ~0xf0000u) | 0x90000u) << "row 11, columns 16..19: places 1 and 2";
  EXPECT_EQ(word(0), kNone);
}

}  // namespace
}  // namespace inlay::cuda
