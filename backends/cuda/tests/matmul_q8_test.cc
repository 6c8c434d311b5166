// SPDX-License-Identifier: Apache-2.0
// Products of int8 matrices on tensor cores in the emulator: every tile, every order of memory, bit for bit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "emulator/launch.h"
#include "ops/matmul_mma.h"
#include "tests/recipe_run.h"

namespace inlay::cuda {
namespace {

struct Product {
  std::vector<int32_t> a, b, out;  ///< dims
  bool transpose_a, transpose_b;
  Quant8 of_a, of_b, of_out;
};

Quant8 draw_quant(float scale, std::mt19937* random) {
  static constexpr int32_t kZeros[] = {-128, 0, 127};
  const int32_t zero = (*random)() % 2 == 0 ? kZeros[(*random)() % 3] : static_cast<int32_t>((*random)() % 256) - 128;
  return {scale, zero};
}

/// Products of [m][k] and [k][n] matrices, `batch` of them, a broadcast of the second operand's or none.
Product draw_product(int32_t batch, int32_t m, int32_t k, int32_t n, bool transpose_a, bool transpose_b, bool broadcast,
                     std::mt19937* random) {
  Product p = {{batch, m, k}, {broadcast ? 1 : batch, k, n}, {batch, m, n}, transpose_a, transpose_b, {}, {}, {}};
  if (transpose_a) std::swap(p.a[1], p.a[2]);
  if (transpose_b) std::swap(p.b[1], p.b[2]);
  p.of_a = draw_quant(0.03f, random), p.of_b = draw_quant(0.02f, random);
  p.of_out = draw_quant(0.03f * 0.02f * 90.0f * std::sqrt(static_cast<float>(k)), random);
  return p;
}

/// What docs/numerics.md says.
double expected(const gpu::Node& n, const TestNode& node, const std::vector<int32_t>& places, int32_t i) {
  const gpu::MatmulShape s = gpu::matmul_shape(n);
  const gpu::MatmulQuant q = gpu::matmul_quant(n);
  const int32_t batch = i / s.n / s.m, row = i / s.n % s.m, column = i % s.n;
  int32_t acc = 0;
  for (int32_t k = 0; k < s.k; ++k) {
    const auto a = static_cast<size_t>(places[static_cast<size_t>(2 * batch)] + row * s.a_row + k * s.a_step);
    const auto b = static_cast<size_t>(places[static_cast<size_t>(2 * batch + 1)] + k * s.b_row + column * s.b_step);
    acc += (static_cast<int32_t>(node.values(0)[a]) - q.a_zero) * (static_cast<int32_t>(node.values(1)[b]) - q.b_zero);
  }
  const float v = static_cast<float>(acc) * q.scale;
  return std::nearbyint(std::clamp(v, static_cast<float>(q.low - q.out_zero), static_cast<float>(q.high - q.out_zero))) + q.out_zero;
}

/// All tiles that take the product; answers how many.
int32_t check(const Product& p, std::mt19937* random) {
  TestNode node(INLAY_OP_BATCH_MATMUL, 0);
  const inlay_matmul params = {p.transpose_a ? 1 : 0, p.transpose_b ? 1 : 0, 0};
  node.add_input8(p.a, p.of_a, random);
  node.add_input8(p.b, p.of_b, random);
  node.set_output8(p.out, p.of_out);
  node.set_params(&params);
  const gpu::Node n = node.node();
  const std::vector<int32_t> places = gpu::matmul_places(n);
  const int32_t sizes = matmul_mma_sizes(n);
  for (int32_t size = -1; size < sizes; ++size) {
    gpu::Recipe recipe;
    plan_matmul_mma(n, size, &recipe);
    SCOPED_TRACE(recipe.launches[0].id.key());
    const std::vector<double> got = node.run(recipe);
    for (int32_t i = 0; i < static_cast<int32_t>(got.size()); ++i) {
      const double wanted = expected(n, node, places, i);
      EXPECT_EQ(got[static_cast<size_t>(i)], wanted) << i;
      if (got[static_cast<size_t>(i)] != wanted) break;
    }
  }
  return sizes;
}

TEST(CudaMatmulQ8, TheProductsOfAttention) {
  std::mt19937 random(1);
  EXPECT_EQ(check(draw_product(1, 70, 64, 80, false, true, false, &random), &random), 5);   // queries by keys
  EXPECT_EQ(check(draw_product(1, 40, 80, 64, false, false, false, &random), &random), 5);  // scores by values
  EXPECT_EQ(check(draw_product(2, 49, 32, 49, false, true, false, &random), &random), 5);
  EXPECT_EQ(check(draw_product(2, 49, 49, 32, false, false, true, &random), &random), 4);
  EXPECT_EQ(check(draw_product(1, 1, 64, 150, false, true, false, &random), &random), 5);  // one query
  EXPECT_EQ(check(draw_product(1, 1, 150, 64, false, false, false, &random), &random), 4);
}

TEST(CudaMatmulQ8, EveryOrderOfMemory) {
  std::mt19937 random(2);
  for (int orders = 0; orders < 4; ++orders) {
    for (const int32_t side : {33, 36, 48}) {  // bytes, words, chunks
      check(draw_product(orders == 1 ? 2 : 1, side, side, side, (orders & 1) != 0, (orders & 2) != 0, orders == 1, &random), &random);
    }
  }
}

TEST(CudaMatmulQ8, RandomShapes) {
  std::mt19937 random(3);
  const auto any = [&random](int32_t most) { return 1 + static_cast<int32_t>(random() % static_cast<uint32_t>(most)); };
  for (int i = 0; i < 8; ++i) {
    check(draw_product(any(3), any(40), any(i % 4 == 0 ? 500 : 80), any(70), random() % 3 == 0, random() % 2 == 0, random() % 2 == 0,
                       &random),
          &random);
  }
}

/// Sums beyond what a float holds exactly, and zero points at the ends.
TEST(CudaMatmulQ8, DeepSums) {
  std::mt19937 random(4);
  Product p = draw_product(1, 3, 1200, 5, false, true, false, &random);
  p.of_a.zero = -128, p.of_b.zero = 127;
  check(p, &random);
}

/// What sm_75 does instead.
TEST(CudaMatmulQ8, OldArchitecture) {
  std::mt19937 random(5);
  emulator::set_architecture(75);
  check(draw_product(2, 20, 48, 36, false, true, false, &random), &random);
  check(draw_product(2, 20, 36, 33, false, false, false, &random), &random);
  emulator::set_architecture(90);
}

TEST(CudaMatmulQ8, ReadsFollowTheOrderOfMemory) {
  const std::vector<int32_t> whole = {0, 0, 64, 32}, odd = {0, 0, 64, 6};
  EXPECT_EQ(row_reads(10, 32, 32, 1, whole, 1), kChunkReads);
  EXPECT_EQ(row_reads(10, 32, 32, 1, odd, 0), kChunkReads);
  EXPECT_EQ(row_reads(10, 32, 32, 1, odd, 1), kByteReads);
  EXPECT_EQ(row_reads(10, 36, 36, 1, whole, 1), kWordReads);
  EXPECT_EQ(row_reads(12, 7, 1, 12, whole, 1), kTurnedReads);
  EXPECT_EQ(row_reads(10, 7, 1, 10, whole, 1), kByteReads);
  EXPECT_EQ(row_reads(12, 7, 1, 12, odd, 1), kByteReads);
}

/// Which tile is taken for [m][k] by [k][n], batch times.
std::string chosen(int32_t batch, int32_t m, int32_t k, int32_t n, bool transpose_b, size_t shared) {
  std::mt19937 random(6);
  Product p = draw_product(batch, m, k, n, false, transpose_b, false, &random);
  TestNode node(INLAY_OP_BATCH_MATMUL, 0);
  const inlay_matmul params = {0, transpose_b ? 1 : 0, 0};
  node.add_input8(p.a, p.of_a, &random);
  node.add_input8(p.b, p.of_b, &random);
  node.set_output8(p.out, p.of_out);
  node.set_params(&params);
  node.set_device(132, shared);
  gpu::Recipe recipe;
  plan_matmul_mma(node.node(), -1, &recipe);
  return recipe.launches[0].id.options;
}

TEST(CudaMatmulQ8, TilesFollowTheWork) {
  EXPECT_EQ(chosen(12, 1024, 64, 1024, true, 227 * 1024), "128x128 chunks");
  EXPECT_EQ(chosen(12, 512, 64, 512, true, 64 * 1024), "64x64 chunks") << "sm_75 has 64 KiB";
  EXPECT_EQ(chosen(12, 197, 197, 64, false, 227 * 1024), "32x32 any");
  EXPECT_EQ(chosen(8, 1, 64, 4096, true, 227 * 1024), "64x8 chunks");
  EXPECT_EQ(chosen(12, 1, 512, 64, false, 227 * 1024), "16x8 chunks turned");
}

}  // namespace
}  // namespace inlay::cuda
