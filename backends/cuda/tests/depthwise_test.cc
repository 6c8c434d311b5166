// SPDX-License-Identifier: Apache-2.0
#include "ops/depthwise.h"

#include <gtest/gtest.h>

#include "emulator/launch.h"
#include "kernel_table.h"
#include "tests/conv_case.h"

namespace inlay::cuda {
namespace {

std::vector<uint8_t> run(const ConvCase& c, const DepthwiseForm& form) {
  const Kernel* kernel = find_kernel("conv_q8_depthwise", depthwise_options(c.s, form).c_str(), "conv_q8_depthwise");
  if (kernel == nullptr) throw std::runtime_error(form.name);
  const int32_t in_zero = c.in_zero - (c.is_signed ? 0 : 128);
  const DepthwiseConv t = {c.out_zero, c.low, c.high, in_zero, c.is_signed, c.has_sum, c.sum};
  const std::vector<uint8_t> weights =
      pack_depthwise_weights(c.s, [&](int32_t o, int32_t tap, int32_t i) { return c.weight(o, tap, i); });
  std::vector<int32_t> bias;
  for (int32_t o = 0; o < c.s.out_c; ++o) bias.push_back(c.folded(o, in_zero));
  std::vector<uint8_t> out(c.outputs(), 0x77);
  const auto blocks = static_cast<unsigned>((depthwise_threads(c.s, form) + 127) / 128);
  emulator::launch_with(*kernel, blocks, 128, 0, c.in.data(), weights.data(), bias.data(), c.scales.data(), c.other.data(),
                        out.data(), c.s, t);
  return out;
}

TEST(CudaDepthwise, RandomShapes) {
  std::mt19937 random(3);
  const auto draw = [&](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
  };
  size_t runs[3] = {};
  for (uint32_t seed = 0; seed < 40; ++seed) {
    const int32_t channels = seed % 3 == 0 ? 16 * draw(1, 6) : seed % 3 == 1 ? 4 * draw(1, 9) : draw(1, 9);
    ConvDraw d = {channels,   1,          1,          draw(1, 12), draw(1, 12), draw(1, 2),
                  draw(2, 4), draw(2, 4), draw(1, 3), draw(1, 2),  draw(0, 2),  true};
    if (d.in_h <= (d.filter_h - 1) * d.dilation) d.filter_h = 1;
    if (d.in_w <= (d.filter_w - 1) * d.dilation) d.filter_w = 1;
    const ConvCase c = draw_case(d, seed);
    for (const DepthwiseForm* form : depthwise_forms_for(c.s)) {
      EXPECT_EQ(difference(c, run(c, *form)), "") << form->name << ", seed " << seed;
      ++runs[form->channels == 16 ? 0 : form->channels == 4 ? 1 : 2];
    }
  }
  for (const size_t count : runs) EXPECT_GT(count, 10u);
}

TEST(CudaDepthwise, FormsFollowTheWork) {
  const auto chosen = [](int32_t channels, int32_t size) {
    return std::string(choose_depthwise_form(shape_of({channels, 1, 1, size, size, 1, 3, 3, 1, 1, 1, true}), 132).name);
  };
  EXPECT_EQ(chosen(96, 112), "16x1");
  EXPECT_EQ(chosen(960, 7), "4x1");
  EXPECT_EQ(chosen(15, 7), "1x1");
}

}  // namespace
}  // namespace inlay::cuda
