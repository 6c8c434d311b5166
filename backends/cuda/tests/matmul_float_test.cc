// SPDX-License-Identifier: Apache-2.0
// Products of float matrices, and softmax, in the emulator.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "tests/float_bounds.h"
#include "tests/recipe_run.h"

namespace inlay::cuda {
namespace {

struct Product {
  std::vector<int32_t> a, b, out;  ///< dims
  bool transpose_a, transpose_b;
};

const Product kProducts[] = {
    {{3, 33, 24}, {3, 24, 40}, {3, 33, 40}, false, false},
    {{2, 20, 32}, {2, 35, 32}, {2, 20, 35}, false, true},
    {{2, 16, 21}, {16, 9}, {2, 21, 9}, true, false},
    {{1, 7, 5}, {2, 3, 7}, {2, 5, 3}, true, true},
    {{2, 1, 34, 16}, {1, 2, 16, 33}, {2, 2, 34, 33}, false, false},
};

void check(const Product& p, size_t math, int32_t tile, std::mt19937* random) {
  TestNode node(INLAY_OP_BATCH_MATMUL, kAllowed[math]);
  const inlay_matmul params = {p.transpose_a ? 1 : 0, p.transpose_b ? 1 : 0, 0};
  node.add_input(p.a, false, random);
  node.add_input(p.b, false, random);
  node.set_output(p.out);
  node.set_params(&params);
  const Node n = node.node();
  Recipe recipe;
  plan_matmul_gemm(n, {tile, 1}, &recipe);
  SCOPED_TRACE(recipe.launches[0].id.key());
  const std::vector<double> got = node.run(recipe);
  const gpu::MatmulShape s = gpu::matmul_shape(n);
  const std::vector<int32_t> places = gpu::matmul_places(n);
  ASSERT_EQ(got.size(), static_cast<size_t>(s.batch * s.m * s.n));
  for (int32_t i = 0; i < static_cast<int32_t>(got.size()); ++i) {
    const int32_t batch = i / s.n / s.m, row = i / s.n % s.m, column = i % s.n;
    Exact sum;
    for (int32_t k = 0; k < s.k; ++k) {
      sum.add(node.values(0)[static_cast<size_t>(places[static_cast<size_t>(2 * batch)] + row * s.a_row + k * s.a_step)] *
              node.values(1)[static_cast<size_t>(places[static_cast<size_t>(2 * batch + 1)] + k * s.b_row + column * s.b_step)]);
    }
    ASSERT_LE(std::fabs(got[static_cast<size_t>(i)] - sum.value), bound_of(kMaths[math], sum, s.k)) << i;
  }
}

TEST(CudaMatmulGemm, EveryOrderEveryTile) {
  std::mt19937 random(3);
  for (size_t math = 0; math < 4; ++math) {
    for (const Product& p : kProducts) check(p, math, 3, &random);
    check(kProducts[0], math, 1, &random);
    check(kProducts[1], math, 0, &random);
    check(kProducts[2], math, 1, &random);
  }
}

/// A row's softmax, in place of its numbers.
void softmax(std::vector<double>* row, double beta) {
  const double largest = *std::max_element(row->begin(), row->end());
  double sum = 0.0;
  for (double& v : *row) sum += v = std::exp((v - largest) * beta);
  for (double& v : *row) v /= sum;
}

TEST(CudaSoftmaxRows, EveryDepth) {
  std::mt19937 random(4);
  for (const uint32_t allowed : {0u, INLAY_FAST_MATH_FP16}) {
    for (const int32_t depth : {1, 10, 128, 129, 1000, 1100}) {
      TestNode node(INLAY_OP_SOFTMAX, allowed);
      const inlay_scalars params = {2.5f, 0.0f, 0.0f, 0};
      node.add_input({7, depth}, false, &random);
      node.set_output({7, depth});
      node.set_params(&params);
      Recipe recipe;
      plan_softmax_rows(node.node(), &recipe);
      const std::vector<double> got = node.run(recipe);
      ASSERT_EQ(got.size(), static_cast<size_t>(7 * depth));
      for (size_t row = 0; row < 7; ++row) {
        const auto first = node.values(0).begin() + static_cast<std::ptrdiff_t>(row) * depth;
        std::vector<double> wanted(first, first + depth);
        softmax(&wanted, 2.5);
        for (size_t i = 0; i < wanted.size(); ++i) {
          const double off = std::fabs(got[row * wanted.size() + i] - wanted[i]);
          ASSERT_LE(off, wanted[i] * (allowed == 0 ? 3e-6 : 6e-4) + (allowed == 0 ? 0.0 : std::ldexp(1.0, -24)))
              << depth << " " << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace inlay::cuda
