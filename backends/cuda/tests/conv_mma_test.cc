// SPDX-License-Identifier: Apache-2.0
// The tensor-core convolution in the emulator: every template, against a plain loop, bit for bit.
#include "ops/conv_mma.h"

#include <gtest/gtest.h>

#include "emulator/launch.h"
#include "kernel_table.h"
#include "ops/sparse.h"
#include "tests/conv_run.h"

namespace inlay::cuda {
namespace {

std::vector<uint8_t> run(const ConvCase& c, const MmaTile& tile) {
  const Kernel* kernel = find_kernel(tile.source, mma_options(tile, mma_loader(c.s)).c_str(), "conv_q8_mma");
  if (kernel == nullptr) throw std::runtime_error("no kernel " + mma_options(tile, mma_loader(c.s)));
  ConvArguments a(c, tile.sparse ? pack_sparse_weights : pack_mma_weights);
  const MmaGrid grid = mma_grid(c.s, tile);
  emulator::launch_with(*kernel,
                        dim3(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y), static_cast<unsigned>(grid.z)),
                        static_cast<unsigned>(tile.threads), static_cast<size_t>(tile.shared_bytes()), c.in.data(),
                        a.weights.data(), a.bias.data(), a.scales.data(), a.fill.data(), c.other.data(), a.out.data(), c.s,
                        a.numbers);
  return a.out;
}

/// All tiles that take the case.
void check(const ConvDraw& draw, uint32_t seed) {
  const ConvCase c = draw_case(draw, seed);
  for (const MmaTile* tile : mma_tiles_for(c.s, 227 * 1024)) {
    EXPECT_EQ(difference(c, run(c, *tile)), "") << mma_options(*tile, mma_loader(c.s)) << ", seed " << seed;
  }
}

TEST(CudaConvMma, Dense) {
  check(dense_draw(1, 16, 1), 1);
  check(dense_draw(3, 80, 17), 2);
  check(dense_draw(40, 144, 36), 3);
  check(dense_draw(130, 64, 132), 4);
  check(dense_draw(9, 592, 48), 5);
}

TEST(CudaConvMma, Windows) {
  check({1, 16, 24, 9, 7, 1, 3, 3, 1, 1, 1, false}, 10);
  check({1, 32, 70, 8, 9, 2, 3, 3, 2, 1, 1, false}, 11);
  check({1, 80, 16, 6, 6, 1, 3, 2, 1, 2, 2, false}, 12);
  check({1, 8, 20, 9, 9, 1, 3, 3, 1, 2, 3, false}, 13);
  check({1, 24, 40, 5, 6, 2, 1, 1, 1, 1, 0, false}, 14);
  check({1, 4, 5, 7, 7, 1, 5, 5, 2, 1, 2, false}, 15);
  check({1, 12, 33, 8, 6, 1, 1, 3, 1, 1, 1, false}, 16);
  check({1, 3, 32, 13, 11, 1, 3, 3, 2, 1, 1, false}, 17);
  check({1, 1, 9, 10, 4, 2, 10, 4, 2, 1, 1, false}, 18);
}

TEST(CudaConvMma, Groups) {
  check({3, 16, 8, 6, 6, 1, 3, 3, 1, 1, 1, false}, 20);
  check({2, 4, 20, 5, 5, 2, 3, 3, 1, 1, 1, false}, 21);
  check({4, 3, 6, 5, 5, 1, 3, 3, 2, 1, 1, false}, 22);
  check({2, 32, 48, 4, 5, 1, 1, 1, 1, 1, 0, false}, 23);
}

/// The launches of a transposed convolution: outputs with gaps, taps that run backwards, windows that begin anywhere.
TEST(CudaConvMma, TransposedGeometry) {
  ConvCase c = draw_case({1, 16, 20, 6, 6, 1, 2, 2, 1, 1, 0, false}, 30);
  c.s.out_h = 11, c.s.out_w = 12;
  c.s.first_y = 1, c.s.first_x = 0, c.s.every_y = c.s.every_x = 2;
  c.s.rows = 5, c.s.columns = 6;
  c.s.origin_y = 1, c.s.origin_x = 0, c.s.step_y = c.s.step_x = -1;
  c.other.resize(c.outputs(), 9);
  for (const MmaTile* tile : mma_tiles_for(c.s, 227 * 1024)) EXPECT_EQ(difference(c, run(c, *tile)), "") << tile->name;
}

/// What sm_75 does instead.
TEST(CudaConvMma, OldArchitecture) {
  emulator::set_architecture(75);
  check(dense_draw(20, 80, 20), 40);
  check({1, 12, 20, 6, 5, 1, 3, 3, 1, 1, 1, false}, 41);
  emulator::set_architecture(90);
}

TEST(CudaConvMma, RandomShapes) {
  std::mt19937 random(7);
  const auto draw = [&](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
  };
  for (uint32_t seed = 100; seed < 112; ++seed) {
    const int32_t vector = 1 << draw(0, 4);
    ConvDraw d = {draw(1, 2), vector * draw(1, 3), draw(1, 40), draw(1, 9), draw(1, 9), draw(1, 2),
                  draw(1, 3), draw(1, 3),          draw(1, 3),  draw(1, 2), draw(0, 2), false};
    if (d.in_h <= (d.filter_h - 1) * d.dilation) d.filter_h = 1;
    if (d.in_w <= (d.filter_w - 1) * d.dilation) d.filter_w = 1;
    check(d, seed);
  }
}

/// At most two of four weights along the depth, now and then fewer, anywhere.
TEST(CudaConvMma, SparseWeights) {
  for (uint32_t seed = 50; seed < 54; ++seed) {
    const bool window = seed % 2 != 0;
    ConvCase c = draw_case(window ? ConvDraw{1, 32, 72, 6, 5, 1, 3, 3, 1, 1, 1, false} : dense_draw(70, 208, 150), seed);
    std::mt19937 random(seed);
    const auto weight = [&](int32_t o, int32_t tap, int32_t i) { return c.weight(o, tap, i); };
    EXPECT_FALSE(is_sparse_2_4(c.s, weight));
    for (size_t k = 0; k < c.weights.size(); k += 4) {
      const size_t one = random() % 4, other = (one + 1 + random() % 3) % 4;
      c.weights[k + one] = c.weights[k + other] = 0;
      if (random() % 3 == 0) c.weights[k + random() % 4] = 0;
    }
    ASSERT_TRUE(is_sparse_2_4(c.s, weight));
    const std::vector<const MmaTile*> tiles = mma_tiles_for(c.s, 227 * 1024, true);
    EXPECT_EQ(tiles.size(), 2u);
    for (const MmaTile* tile : tiles) EXPECT_EQ(difference(c, run(c, *tile)), "") << tile->name << ", seed " << seed;
  }
}

TEST(CudaConvMma, EveryTileHasItsKernelsAndGeometry) {
  size_t kernels = 0;
  for (const MmaTile& tile : mma_tiles()) {
    EXPECT_EQ(tile.threads % 32, 0);
    EXPECT_LE(tile.shared_bytes(), 227 * 1024);
    for (int loader = kDense16; loader <= kWindow1; ++loader) {
      const std::string options = mma_options(tile, static_cast<MmaLoader>(loader));
      EXPECT_EQ(find_kernel(tile.source, options.c_str(), "conv_q8_mma") != nullptr, tile.has(loader)) << options;
      kernels += tile.has(loader) ? 1 : 0;
    }
  }
  size_t in_table = 0;
  for (size_t i = 0; i < kernel_count(); ++i) in_table += std::string(kernel_at(i).name) == "conv_q8_mma" ? 1 : 0;
  EXPECT_EQ(in_table, kernels);
}

TEST(CudaSparse, PlacesRise) {
  for (int bits = 0; bits < 16; ++bits) {
    int32_t four[4];
    int count = 0;
    for (int i = 0; i < 4; ++i) count += (four[i] = (bits >> i & 1) * (i - 9)) != 0 ? 1 : 0;
    Pair24 pair;
    ASSERT_EQ(compress_2_4(four, &pair), count <= 2);
    if (count > 2) continue;
    EXPECT_LT(pair.places & 3u, pair.places >> 2);
    int32_t again[4] = {};
    again[pair.places & 3u] = pair.values[0], again[pair.places >> 2] = pair.values[1];
    EXPECT_TRUE(std::equal(four, four + 4, again)) << bits;
  }
}

TEST(CudaConvMma, TilesFollowTheWork) {
  const auto chosen = [](const ConvDraw& d, size_t limit, int32_t units) {
    return std::string(choose_mma_tile(shape_of(d), mma_tiles_for(shape_of(d), limit), units).name);
  };
  EXPECT_EQ(chosen(dense_draw(4096, 4096, 4096), 227 * 1024, 132), "128x256");
  EXPECT_EQ(chosen(dense_draw(4096, 4096, 4096), 64 * 1024, 40), "64x64") << "sm_75 has 64 KiB";
  EXPECT_EQ(chosen(dense_draw(1, 1280, 1000), 227 * 1024, 132), "16x8");
  EXPECT_EQ(chosen({1, 3, 32, 224, 224, 1, 3, 3, 2, 1, 1, false}, 227 * 1024, 132), "32x32");
  EXPECT_EQ(chosen({1, 64, 64, 8, 8, 1, 3, 3, 1, 1, 1, false}, 227 * 1024, 132), "16x32");
}

}  // namespace
}  // namespace inlay::cuda
