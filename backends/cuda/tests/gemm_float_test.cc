// SPDX-License-Identifier: Apache-2.0
// Float convolutions in the emulator: every kernel of ops/gemm_float.h over random shapes, against sums in double.
#include "ops/gemm_float.h"

#include <gtest/gtest.h>

#include <string>

#include "emulator/launch.h"
#include "tests/float_conv.h"

namespace inlay::cuda {
namespace {

using Shape = FloatConvShape;
using Case = FloatConv;

void check_gemm(const Shape& shape, size_t math, const Division& division, std::mt19937* random) {
  const bool bias = (*random)() % 4 != 0;
  const uint32_t activation = (*random)() % 2 == 0 ? INLAY_ACT_NONE : INLAY_ACT_RELU6;
  Case test(shape, kAllowed[math], activation, bias, random);
  const Node node = test.node.node();
  ASSERT_EQ(math_of(node), kMaths[math]);
  const ConvLaunch l = gpu::conv_launches(node).front();
  ASSERT_TRUE(suits_conv_gemm(node, l));
  Recipe recipe;
  plan_conv_gemm(node, l, division, &recipe);
  SCOPED_TRACE(recipe.kernel + ", " + std::to_string(shape.in_h) + "x" + std::to_string(shape.in_w) + "x" +
               std::to_string(shape.in_c) + " to " + std::to_string(shape.out_c) + ", filter " + std::to_string(shape.filter_h) +
               "x" + std::to_string(shape.filter_w));
  EXPECT_EQ(compare(l, test.node, test.node.run(recipe), kMaths[math], activation, bias),
            l.pixels() * static_cast<size_t>(l.out_c));
}

// Rows, windows in chunks, windows element by element.
const Shape kShapes[] = {
    {1, 5, 7, 40, 37, 1, 1, 1, 1, 0, 1}, {2, 5, 6, 16, 34, 3, 3, 1, 1, 1, 1}, {1, 9, 8, 3, 20, 3, 3, 2, 1, 1, 1},
    {1, 7, 6, 16, 24, 2, 3, 1, 2, 2, 2}, {1, 6, 5, 6, 9, 1, 3, 2, 1, 0, 3},
};

TEST(CudaConvGemm, EveryTileEveryRead) {
  std::mt19937 random(5);
  for (size_t math = 0; math < 4; ++math) {
    for (int32_t tile = 0; tile < kTileCount; ++tile) {
      for (const Shape& shape : kShapes) {
        if (tile == 0 && (&shape - kShapes) > 2) continue;  // the emulator is slow, and the reads are the same
        check_gemm(shape, math, {tile, 1}, &random);
      }
    }
  }
}

TEST(CudaConvGemm, SplitsAddUpInTheirOrder) {
  std::mt19937 random(6);
  for (size_t math = 0; math < 4; ++math) {
    check_gemm(kShapes[0], math, {3, 2}, &random);
    check_gemm(kShapes[1], math, {1, 3}, &random);
    check_gemm(kShapes[3], math, {3, 16}, &random);  // more than there are panels
  }
}

TEST(CudaConvGemm, RandomShapes) {
  std::mt19937 random(7);
  const auto any = [&random](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
  };
  for (int32_t i = 0; i < 24; ++i) {
    Shape s = {any(1, 2), any(4, 9), any(4, 9), 0, 0, any(1, 3), any(1, 3), any(1, 3), any(1, 2), any(0, 2), any(1, 3)};
    s.in_c = s.groups * any(1, 12);
    s.out_c = s.groups * any(1, 30);
    if (output_size(s.in_h, s.filter_h, s) < 1 || output_size(s.in_w, s.filter_w, s) < 1) continue;
    check_gemm(s, static_cast<size_t>(i % 4), {any(2, 3), any(1, 3)}, &random);
  }
}

TEST(CudaConvGemm, OnOlderAndTransposed) {
  std::mt19937 random(8);
  emulator::set_architecture(75);
  check_gemm(kShapes[1], 0, {3, 1}, &random);
  check_gemm(kShapes[1], 3, {3, 1}, &random);
  emulator::set_architecture(90);
  // 2x upsampling: four launches, each of which writes every other pixel.
  TestNode node(INLAY_OP_TRANSPOSE_CONV, INLAY_FAST_MATH_TF32);
  inlay_window window = {2, 2, 1, 1, 0, 0, 0, 0, 3, 3, 1};
  node.add_input({1, 4, 5, 8}, false, &random);
  node.add_input({6, 3, 3, 8}, true, &random);
  node.no_input();
  node.set_output({1, 9, 11, 6});
  node.set_params(&window);
  const Node n = node.node();
  Recipe recipe;
  size_t values = 0;
  const std::vector<ConvLaunch> launches = gpu::conv_launches(n);
  ASSERT_EQ(launches.size(), 4u);
  for (const ConvLaunch& l : launches) plan_conv_gemm(n, l, {3, 1}, &recipe);
  const std::vector<double> got = node.run(recipe);
  for (const ConvLaunch& l : launches) values += compare(l, node, got, Math::kTf32, INLAY_ACT_NONE, false);
  EXPECT_EQ(values, got.size());
}

TEST(CudaConvGemm, FewRows) {
  std::mt19937 random(9);
  for (const uint32_t allowed : {0u, INLAY_FAST_MATH_FP16}) {
    for (const Shape& s : {Shape{1, 1, 1, 72, 19, 1, 1, 1, 1, 0, 1}, Shape{1, 1, 3, 37, 9, 1, 1, 1, 1, 0, 1},
                           Shape{1, 1, 4, 264, 8, 1, 1, 1, 1, 0, 1}, Shape{1, 1, 1, 5, 3, 1, 1, 1, 1, 0, 1}}) {
      Case test(s, allowed, INLAY_ACT_RELU, true, &random);
      const Node node = test.node.node();
      const ConvLaunch l = gpu::conv_launches(node).front();
      ASSERT_TRUE(suits_few_rows(l));
      Recipe recipe;
      plan_few_rows(node, l, &recipe);
      EXPECT_EQ(compare(l, test.node, test.node.run(recipe), allowed == 0 ? Math::kF32 : Math::kF16, INLAY_ACT_RELU, true),
                l.pixels() * static_cast<size_t>(l.out_c));
    }
  }
}

TEST(CudaDepthwise, EveryFilterEveryWidth) {
  std::mt19937 random(10);
  for (const uint32_t allowed : {0u, INLAY_FAST_MATH_FP16}) {
    for (const Shape& s : {Shape{2, 7, 9, 16, 16, 3, 3, 1, 1, 1, 1}, Shape{1, 8, 9, 24, 24, 3, 3, 2, 1, 1, 1},
                           Shape{1, 7, 6, 8, 8, 5, 5, 1, 1, 2, 1}, Shape{1, 9, 8, 8, 8, 5, 5, 2, 1, 2, 1},
                           Shape{1, 8, 7, 16, 16, 3, 2, 1, 2, 1, 1}, Shape{1, 5, 6, 7, 7, 3, 3, 1, 1, 1, 1}}) {
      for (const int32_t pixels : {1, 2, 4}) {
        Case test(s, allowed, INLAY_ACT_RELU6, s.stride == 1, &random, true);
        const Node node = test.node.node();
        const ConvLaunch l = gpu::conv_launches(node).front();
        ASSERT_TRUE(suits_depthwise(l));
        Recipe recipe;
        plan_depthwise(node, l, pixels, &recipe);
        SCOPED_TRACE(recipe.launches[0].id.options);
        EXPECT_EQ(
            compare(l, test.node, test.node.run(recipe), allowed == 0 ? Math::kF32 : Math::kF16, INLAY_ACT_RELU6, s.stride == 1),
            l.pixels() * static_cast<size_t>(l.out_c));
      }
    }
  }
}

TEST(CudaGemmMath, OlderTensorCoresKnowHalvesAlone) {
  std::mt19937 random(12);
  for (size_t math = 0; math < 4; ++math) {
    Case test(kShapes[0], kAllowed[math], INLAY_ACT_NONE, false, &random);
    EXPECT_EQ(math_of(test.node.node()), kMaths[math]);
    test.node.set_architecture(75);
    EXPECT_EQ(math_of(test.node.node()), math == 3 ? Math::kF16 : Math::kF32);
  }
}

TEST(CudaGemmDivision, FillsTheDevice) {
  const uint32_t units = 132;
  for (const Math math : kMaths) {
    // A large product takes the largest tile and no splits.
    const Division large = divide({math, 1, 8192, 8192, 256}, units, 16, true);
    EXPECT_EQ(large.tile, 0);
    EXPECT_EQ(large.splits, 1);
    EXPECT_EQ(divide({math, 1, 49, 320, 60}, units, 1, true).splits, 1);
    EXPECT_NE(divide({math, 1, 100000, 32, 9}, units, 16, false).tile, 2);
    EXPECT_EQ(divide({math, 1, 1, 1, 1}, 0, 16, true).splits, 1) << "a device that does not say how large it is";
  }
  // 7x7 pixels, 960 to 320 channels: 20 of the smallest tiles would leave most of the device idle.
  const Division small = divide({Math::kF32, 1, 49, 320, 60}, units, 16, true);
  EXPECT_GT(small.splits, 1);
  const Tile& t = kTiles[small.tile];
  EXPECT_GT(((49 + t.rows - 1) / t.rows) * ((320 + t.columns - 1) / t.columns) * small.splits, 40);
}

TEST(CudaGemmPacking, TapsStayInsideTheirChunks) {
  std::mt19937 random(11);
  for (size_t math = 0; math < 4; ++math) {
    for (const Shape& shape : kShapes) {
      Case test(shape, kAllowed[math], INLAY_ACT_NONE, false, &random);
      const Node node = test.node.node();
      const ConvLaunch l = gpu::conv_launches(node).front();
      const Reads reads = reads_of(l, kMaths[math]);
      const int32_t depth = packed_depth(l, kMaths[math]), each = reads == Reads::kScattered ? 1 : chunk_of(kMaths[math]);
      const std::vector<Tap> taps = taps_of(l, kMaths[math], reads);
      EXPECT_EQ(depth % panel_depth(kMaths[math]), 0);
      ASSERT_EQ(taps.size(), static_cast<size_t>(depth / each));
      for (const Tap& tap : taps) {
        EXPECT_EQ(tap.at % each, 0);
      }
      const size_t bytes = math < 2 ? 4 : 2;
      EXPECT_EQ(pack_weights(l, static_cast<const float*>(node.input(1)->data), kMaths[math]).size(),
                static_cast<size_t>(l.out_c) * static_cast<size_t>(depth) * bytes);
    }
  }
}

}  // namespace
}  // namespace inlay::cuda
