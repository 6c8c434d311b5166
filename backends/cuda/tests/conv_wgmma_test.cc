// SPDX-License-Identifier: Apache-2.0
// Convolutions by wgmma in the emulator: every template against a plain loop, bit for bit; and what the emulator says of kernels
// that leave out a fence, a wait or a barrier.
#include "ops/conv_wgmma.h"

#include <gtest/gtest.h>

#include "emulator/launch.h"
#include "kernel_table.h"
#include "tests/conv_run.h"
#include "tests/emulator_kernels.h"

namespace inlay::cuda {
namespace {

/// All tiles; the first draw of int8 from `seed` on.
void check(const ConvDraw& draw, uint32_t seed) {
  ConvCase c = draw_case(draw, seed);
  while (!c.is_signed) c = draw_case(draw, ++seed);
  const std::vector<const WgmmaTile*> tiles = wgmma_tiles_for(c.s, 227 * 1024);
  ASSERT_EQ(tiles.size(), 2u);
  for (const WgmmaTile* tile : tiles) {
    const std::string options = std::string(tile->name) + (mma_loader(c.s) == kDense16 ? " dense16" : " window16");
    const Kernel* kernel = find_kernel("conv_q8_wgmma", options.c_str(), "conv_q8_wgmma");
    ASSERT_NE(kernel, nullptr) << options;
    ConvArguments a(c, pack_wgmma_weights);
    a.numbers.depth_blocks = wgmma_depth_blocks(c.s);
    const MmaGrid grid = wgmma_grid(c.s, *tile);
    emulator::launch_with(
        *kernel, dim3(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y), static_cast<unsigned>(grid.z)),
        static_cast<unsigned>(tile->threads), static_cast<size_t>(tile->shared_bytes()), c.in.data(), a.weights.data(),
        a.bias.data(), a.scales.data(), a.fill.data(), c.other.data(), a.out.data(), c.s, a.numbers);
    EXPECT_EQ(difference(c, a.out), "") << options << ", seed " << seed;
  }
}

TEST(CudaConvWgmma, Dense) {
  check(dense_draw(1, 16, 1), 1);
  check(dense_draw(300, 144, 36), 2);
  check(dense_draw(40, 1040, 132), 3);
  check(dense_draw(260, 272, 132), 4);
}

TEST(CudaConvWgmma, Windows) {
  check({1, 16, 24, 9, 7, 1, 3, 3, 1, 1, 1, false}, 10);
  check({1, 80, 70, 12, 13, 2, 3, 2, 1, 2, 2, false}, 11);
  check({2, 32, 130, 8, 9, 2, 3, 3, 2, 1, 1, false}, 12);
}

TEST(CudaConvWgmma, IsForProductsThatFillTheGpu) {
  const auto faster = [](const ConvDraw& d) {
    const ConvShape s = shape_of(d);
    const WgmmaTile& tile = choose_wgmma_tile(s, wgmma_tiles_for(s, 227 * 1024), 132);
    return wgmma_clocks(s, tile, 132) < mma_clocks(s, choose_mma_tile(s, mma_tiles_for(s, 227 * 1024), 132), 132);
  };
  EXPECT_TRUE(faster(dense_draw(4096, 4096, 4096)));
  EXPECT_FALSE(faster(dense_draw(1, 1280, 1001)));
  EXPECT_FALSE(faster(dense_draw(49, 320, 1280)));
  EXPECT_TRUE(wgmma_tiles_for(shape_of(dense_draw(64, 24, 64)), 227 * 1024).empty()) << "channels by 8";
  EXPECT_TRUE(wgmma_tiles_for(shape_of(dense_draw(64, 64, 64)), 99 * 1024).empty()) << "little shared memory";
}

/// One product in the emulator: its answer, or the fault's sentence.
std::string product_of(int broken, std::vector<int>* out) {
  std::vector<int8_t> a(64 * 128), b(128 * 128);
  for (size_t i = 0; i < a.size(); ++i) a[i] = static_cast<int8_t>(i * 37 + i / 128);
  for (size_t i = 0; i < b.size(); ++i) b[i] = static_cast<int8_t>(i * 101 + i / 77);
  out->assign(64 * 128, 0);
  for (size_t i = 0; i < out->size(); ++i) {
    for (size_t k = 0; k < 128; ++k) (*out)[i] += a[i / 128 * 128 + k] * b[i % 128 * 128 + k];
  }
  const std::vector<int> want = *out;
  try {
    emulator::launch_with(test_kernel("group_product"), 1, 128, 1024 + 192 * 128, static_cast<const int8_t*>(a.data()),
                          static_cast<const int8_t*>(b.data()), out->data(), broken);
  } catch (const emulator::Fault& fault) {
    return fault.what();
  }
  return *out == want ? "right" : "wrong";
}

TEST(CudaEmulatedWgmma, SaysWhatIsMissing) {
  std::vector<int> out;
  EXPECT_EQ(product_of(0, &out), "right");
  const char* const sentences[] = {"was not waited for",  "without fence.proxy.async", "without a barrier",
                                   "without wgmma.fence", "cp.async onto bytes",       "ends before its wgmma",
                                   "multiples of 1024",   "of one group that differs"};
  for (int broken = 1; broken <= 8; ++broken) {
    EXPECT_NE(product_of(broken, &out).find(sentences[broken - 1]), std::string::npos)
        << broken << ": " << product_of(broken, &out);
  }
}

}  // namespace
}  // namespace inlay::cuda
