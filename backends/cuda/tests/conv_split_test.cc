// SPDX-License-Identifier: Apache-2.0
// Convolutions whose depth several blocks share, in the emulator: every kernel against a plain loop, bit for bit, whoever comes
// last.
#include "ops/conv_split.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "emulator/launch.h"
#include "kernel_table.h"
#include "tests/conv_run.h"

namespace inlay::cuda {
namespace {

class CudaConvSplit : public testing::Test {
 protected:
  ~CudaConvSplit() override { emulator::set_backward(false); }

  /// Twice with the same counters, as a graph is started again; the parts' memory has what somebody else left there.
  void run(const ConvCase& c, const SplitTile& split) {
    const std::string options = mma_options(*split.tile, mma_loader(c.s));
    const Kernel* kernel = find_kernel("conv_q8_split", options.c_str(), "conv_q8_split");
    ASSERT_NE(kernel, nullptr) << options;
    ConvArguments a(c, pack_mma_weights);
    const MmaGrid grid = split_grid(c.s, split);
    std::vector<int32_t> partials(split_bytes(c.s, split) / sizeof(int32_t));
    std::vector<uint32_t> counters(split_counters(c.s, split));
    for (const bool backward : {false, true}) {
      emulator::set_backward(backward);
      std::fill(partials.begin(), partials.end(), 0x5a5a5a5a);
      std::fill(a.out.begin(), a.out.end(), uint8_t{0x77});
      emulator::launch_with(*kernel,
                            dim3(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y), static_cast<unsigned>(grid.z)),
                            static_cast<unsigned>(split.tile->threads), static_cast<size_t>(split.tile->shared_bytes()),
                            c.in.data(), a.weights.data(), a.bias.data(), a.scales.data(), a.fill.data(), c.other.data(),
                            a.out.data(), partials.data(), counters.data(), c.s, a.numbers, split.split);
      EXPECT_EQ(difference(c, a.out), "") << options << " / " << split.split.parts << (backward ? ", backward" : "");
      EXPECT_EQ(counters, std::vector<uint32_t>(counters.size())) << "left for the next start";
      ++runs_;
    }
  }

  /// All that is offered on many multiprocessors.
  void check(const ConvDraw& draw, uint32_t seed) {
    const ConvCase c = draw_case(draw, seed);
    for (const SplitTile& split : split_tiles_for(c.s, 227 * 1024, 1000)) run(c, split);
  }
  int runs_ = 0;
};

TEST_F(CudaConvSplit, Dense) {
  check(dense_draw(1, 1040, 17), 1);
  check(dense_draw(9, 2176, 36), 2);
  check(dense_draw(70, 320, 68), 3);
  EXPECT_GE(runs_, 2 * 12);
}

TEST_F(CudaConvSplit, Windows) {
  check({1, 32, 40, 5, 6, 1, 3, 3, 1, 1, 1, false}, 10);
  check({1, 64, 24, 5, 5, 2, 3, 3, 2, 1, 1, false}, 11);
  check({3, 48, 20, 4, 4, 1, 3, 2, 1, 2, 1, false}, 12);
  EXPECT_GE(runs_, 2 * 9);
}

TEST_F(CudaConvSplit, EveryPartHasWorkAndEveryKernelIsOffered) {
  const ConvShape shapes[] = {shape_of(dense_draw(1, 12800, 40)), shape_of({1, 512, 64, 7, 7, 1, 3, 3, 1, 1, 1, false})};
  std::vector<std::string> offered;
  for (const ConvShape& s : shapes) {
    for (const SplitTile& split : split_tiles_for(s, 227 * 1024, 132)) {
      const int32_t steps = (depth_blocks(s) - 1) / split.tile->slices + 1;
      EXPECT_LT((split.split.parts - 1) * split.split.steps, steps);
      EXPECT_GE(split.split.parts * split.split.steps, steps);
      offered.push_back(mma_options(*split.tile, mma_loader(s)));
    }
  }
  for (size_t i = 0; i < kernel_count(); ++i) {
    if (std::string(kernel_at(i).name) != "conv_q8_split") continue;
    EXPECT_EQ(std::count(offered.begin(), offered.end(), kernel_at(i).options) > 0, true) << kernel_at(i).options;
  }
}

/// The model: long depths of few tiles are split, short ones are not, nor what fills the GPU.
TEST_F(CudaConvSplit, FollowsTheWork) {
  const auto parts = [](const ConvDraw& d) {
    const ConvShape s = shape_of(d);
    const std::vector<SplitTile> splits = split_tiles_for(s, 227 * 1024, 132);
    if (splits.empty()) return 1;
    const SplitTile& best = choose_split_tile(s, splits, 132);
    const double whole = mma_clocks(s, choose_mma_tile(s, mma_tiles_for(s, 227 * 1024), 132), 132);
    return mma_clocks(s, *best.tile, 132, best.split.parts) < whole ? best.split.parts : 1;
  };
  EXPECT_EQ(parts(dense_draw(1, 1280, 1001)), 1) << "three steps of depth";
  EXPECT_GT(parts(dense_draw(1, 9216, 1000)), 1);
  EXPECT_GT(parts({1, 512, 512, 7, 7, 1, 3, 3, 1, 1, 1, false}), 1) << "resnet50's last 3x3";
  EXPECT_EQ(parts(dense_draw(4096, 4096, 4096)), 1);
  EXPECT_EQ(parts({1, 64, 64, 56, 56, 1, 3, 3, 1, 1, 1, false}), 1);
}

}  // namespace
}  // namespace inlay::cuda
