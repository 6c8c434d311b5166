// SPDX-License-Identifier: Apache-2.0
// Float convolutions in the emulator: every kernel of ops/gemm_float.h over random shapes, against sums in double.
#include "ops/gemm_float.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "core/quant.h"
#include "emulator/launch.h"
#include "tests/float_bounds.h"
#include "tests/recipe_run.h"

namespace inlay::cuda {
namespace {

struct Shape {
  int32_t batch, in_h, in_w, in_c, out_c, filter_h, filter_w, stride, dilation, pad, groups;
};

int32_t output_size(int32_t in, int32_t filter, const Shape& s) {
  return (in + 2 * s.pad - (filter - 1) * s.dilation - 1) / s.stride + 1;
}

/// A convolution with what it needs to be a node.
struct Case {
  Case(const Shape& s, uint32_t fast_math, uint32_t activation, bool bias, std::mt19937* random, bool depthwise = false)
      : node(depthwise ? INLAY_OP_DEPTHWISE_CONV_2D : INLAY_OP_CONV_2D, fast_math, activation) {
    window.stride_h = window.stride_w = s.stride, window.dilation_h = window.dilation_w = s.dilation;
    window.pad_top = window.pad_bottom = window.pad_left = window.pad_right = s.pad;
    window.filter_h = s.filter_h, window.filter_w = s.filter_w, window.groups = s.groups;
    node.add_input({s.batch, s.in_h, s.in_w, s.in_c}, false, random);
    depthwise ? node.add_input({1, s.filter_h, s.filter_w, s.out_c}, true, random)
              : node.add_input({s.out_c, s.filter_h, s.filter_w, s.in_c / s.groups}, true, random);
    bias ? node.add_input({s.out_c}, true, random) : node.no_input();
    node.set_output({s.batch, output_size(s.in_h, s.filter_h, s), output_size(s.in_w, s.filter_w, s), s.out_c});
    node.set_params(&window);
  }
  inlay_window window = {};
  FloatNode node;
};

/// Output pixel q of launch l, channel c.
Exact sum_of(const ConvLaunch& l, const FloatNode& node, int32_t image, int32_t qy, int32_t qx, int32_t c, bool bias) {
  Exact sum;
  for (int32_t a = 0; a < l.filter_h; ++a) {
    for (int32_t b = 0; b < l.filter_w; ++b) {
      const int32_t y = l.origin_y + qy * l.stride_y + a * l.step_y, x = l.origin_x + qx * l.stride_x + b * l.step_x;
      if (y < 0 || y >= l.in_h || x < 0 || x >= l.in_w) continue;
      const int32_t from = ((image * l.in_h + y) * l.in_w + x) * l.in_c + c / l.group_out * l.group_in;
      const int32_t w = l.w_first + c * l.w_out + a * l.w_row + b * l.w_column;
      for (int32_t i = 0; i < l.group_in; ++i) {
        const double p = node.values(0)[static_cast<size_t>(from + i)] * node.values(1)[static_cast<size_t>(w + i)];
        sum.add(p);
      }
    }
  }
  if (bias) sum.value += node.values(2)[static_cast<size_t>(c)], sum.size += 1.0;
  return sum;
}

/// Compares all of a launch's values; answers how many there are.
size_t compare(const ConvLaunch& l, const FloatNode& node, const std::vector<double>& got, Math math, uint32_t activation,
               bool bias) {
  const FloatRange range = activation_range(activation);
  size_t count = 0;
  for (int32_t p = 0; p < static_cast<int32_t>(l.pixels()); ++p) {
    const int32_t image = p / l.columns / l.rows, qy = p / l.columns % l.rows, qx = p % l.columns;
    const int32_t at = ((image * l.out_h + l.first_y + qy * l.every_y) * l.out_w + l.first_x + qx * l.every_x) * l.out_c;
    for (int32_t c = 0; c < l.out_c; ++c, ++count) {
      const Exact sum = sum_of(l, node, image, qy, qx, c, bias);
      const double wanted = std::clamp(sum.value, static_cast<double>(range.min), static_cast<double>(range.max));
      const double off = std::fabs(got[static_cast<size_t>(at + c)] - wanted);
      if (!(off <= bound_of(math, sum, l.taps() * l.group_in))) {
        ADD_FAILURE() << "pixel " << p << " channel " << c << ": " << got[static_cast<size_t>(at + c)] << " instead of "
                      << wanted;
        return count;
      }
    }
  }
  return count;
}

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
  FloatNode node(INLAY_OP_TRANSPOSE_CONV, INLAY_FAST_MATH_TF32);
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
