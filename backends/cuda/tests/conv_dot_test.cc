// SPDX-License-Identifier: Apache-2.0
// The convolution by dp4a in the emulator: every form, against a plain loop, bit for bit; and where it is chosen.
#include "ops/conv_dot.h"

#include <gtest/gtest.h>

#include "emulator/launch.h"
#include "kernel_table.h"
#include "tests/conv_case.h"

namespace inlay::cuda {
namespace {

constexpr size_t kShared = 227 * 1024;
constexpr int32_t kUnits = 132;

std::vector<uint8_t> run(const ConvCase& c, const DotForm& form) {
  const Kernel* kernel = find_kernel("conv_q8_dot", dot_options(c.s, form).c_str(), "conv_q8_dot");
  if (kernel == nullptr) throw std::runtime_error(form.name);
  const int32_t in_zero = c.in_zero - (c.is_signed ? 0 : 128);
  const DotConv t = {c.out_zero, c.low, c.high, in_zero, c.is_signed, c.has_sum, c.sum};
  const std::vector<uint8_t> weights =
      pack_dot_weights(c.s, form, [&](int32_t o, int32_t tap, int32_t i) { return c.weight(o, tap, i); });
  std::vector<int32_t> bias;
  for (int32_t o = 0; o < c.s.out_c; ++o) bias.push_back(c.folded(o, in_zero));
  std::vector<uint8_t> out(c.outputs(), 0x77);
  const auto blocks = static_cast<unsigned>((dot_threads(c.s, form) + 127) / 128);
  emulator::launch_with(*kernel, blocks, 128, 0, c.in.data(), weights.data(), bias.data(), c.scales.data(), c.other.data(),
                        out.data(), c.s, t);
  return out;
}

/// How many forms took it.
size_t check(const ConvDraw& draw, uint32_t seed) {
  const ConvCase c = draw_case(draw, seed);
  const std::vector<const DotForm*> forms = dot_forms_for(c.s);
  for (const DotForm* form : forms) {
    EXPECT_EQ(difference(c, run(c, *form)), "") << dot_options(c.s, *form) << ", seed " << seed;
  }
  return forms.size();
}

TEST(CudaConvDot, Groups) {
  EXPECT_EQ(check({32, 4, 4, 6, 7, 1, 3, 3, 1, 1, 1, false}, 1), 6u);
  EXPECT_EQ(check({3, 8, 16, 5, 9, 2, 3, 3, 2, 1, 1, false}, 2), 6u);
  EXPECT_EQ(check({5, 3, 2, 6, 6, 1, 3, 2, 1, 2, 2, false}, 3), 4u);
  EXPECT_EQ(check({4, 20, 9, 4, 5, 1, 1, 1, 1, 1, 0, false}, 4), 6u);
  EXPECT_EQ(check({7, 1, 3, 8, 5, 1, 5, 5, 2, 1, 2, false}, 5), 4u) << "depthwise with three channels to a channel";
  EXPECT_EQ(check({2, 5, 1, 4, 4, 1, 2, 2, 1, 1, 0, false}, 6), 2u);
}

TEST(CudaConvDot, ShortSums) {
  EXPECT_EQ(check({1, 3, 33, 9, 11, 1, 3, 3, 2, 1, 1, false}, 10), 6u);
  EXPECT_EQ(check(dense_draw(19, 48, 10), 11), 6u);
  EXPECT_EQ(check({1, 64, 8, 3, 3, 1, 3, 3, 1, 1, 1, false}, 12), 0u) << "for tensor cores";
}

TEST(CudaConvDot, RandomShapes) {
  std::mt19937 random(11);
  const auto draw = [&](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
  };
  for (uint32_t seed = 100; seed < 130; ++seed) {
    ConvDraw d = {draw(2, 6),  seed % 2 == 0 ? 4 * draw(1, 4) : draw(1, 9),
                  draw(1, 17), draw(1, 9),
                  draw(1, 9),  draw(1, 2),
                  draw(1, 3),  draw(1, 3),
                  draw(1, 3),  draw(1, 2),
                  draw(0, 2),  false};
    if (d.in_h <= (d.filter_h - 1) * d.dilation) d.filter_h = 1;
    if (d.in_w <= (d.filter_w - 1) * d.dilation) d.filter_w = 1;
    EXPECT_GT(check(d, seed), 0u);
  }
}

TEST(CudaConvDot, IsChosenWhereGroupsAreSmall) {
  const auto faster = [](const ConvDraw& d) { return dot_is_faster(shape_of(d), kShared, kUnits); };
  EXPECT_TRUE(faster({32, 4, 4, 56, 56, 1, 3, 3, 1, 1, 1, false})) << "ResNeXt-50 32x4d, first stage";
  EXPECT_TRUE(faster({96, 1, 2, 28, 28, 1, 3, 3, 1, 1, 1, false}));
  EXPECT_FALSE(faster({32, 32, 32, 7, 7, 1, 3, 3, 1, 1, 1, false})) << "its last";
  EXPECT_FALSE(faster({32, 4, 4, 8, 8, 1, 3, 3, 1, 1, 1, false})) << "all of it is waiting";
  EXPECT_FALSE(faster({4, 64, 64, 28, 28, 1, 3, 3, 1, 1, 1, false}));
}

TEST(CudaConvDot, FormsFollowTheWork) {
  const auto chosen = [](const ConvDraw& d) { return std::string(choose_dot_form(shape_of(d), kUnits).name); };
  EXPECT_EQ(chosen({32, 4, 4, 8, 8, 1, 3, 3, 1, 1, 1, false}), "1x1") << "few pixels: threads";
  EXPECT_EQ(chosen({1, 3, 32, 112, 112, 1, 3, 3, 2, 1, 1, false}), "8x1");
  EXPECT_EQ(chosen({32, 4, 4, 224, 224, 4, 3, 3, 1, 1, 1, false}), "4x4") << "many: weights read once for four";
}

}  // namespace
}  // namespace inlay::cuda
