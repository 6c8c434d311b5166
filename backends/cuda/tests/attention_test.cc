// SPDX-License-Identifier: Apache-2.0
// Attention on the emulated devices, as one segment, against builtin: int8 has its bits, floats are within a bound.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "emulated/faults.h"
#include "kernel_table.h"
#include "tests/attention_chain.h"
#include "tests/float_bounds.h"

extern "C" const inlay_backend inlay_backend_cuda;

namespace inlay::cuda {
namespace {

const ChainShape kShapes[] = {
    {2, 37, 50, 24, 20, true, {}, false},
    {2, 33, 64, 32, 64, true, {1, 1, 64}, false},     // a mask of keys
    {3, 49, 49, 16, 32, true, {3, 49, 49}, false},    // a bias of positions
    {1, 70, 130, 64, 100, false, {70, 130}, true},    // more keys than a block takes at once, wide answers
    {2, 1, 100, 48, 48, false, {}, false},            // one query
};

/// The device, by its number in emulated/driver.cc, and its compute capability.
constexpr int32_t kNew = 0, kOld = 2;

TEST(CudaAttention, Int8HasTheBitsOfBuiltin) {
  for (const ChainShape& shape : kShapes) {
    for (const int32_t device : {kNew, kOld}) {
      if (device == kOld && &shape - kShapes > 1) continue;
      AttentionChain chain(shape, INLAY_INT8, 31);
      const AttentionChain::Answer want = chain.run(inlay_backend_builtin, 0, 0), got = chain.run(inlay_backend_cuda, device, 0);
      ASSERT_EQ(want.status, INLAY_OK) << want.sentence;
      ASSERT_EQ(got.status, INLAY_OK) << got.sentence;
      EXPECT_EQ(got.bytes, want.bytes);
      EXPECT_GT(*std::max_element(want.bytes.begin(), want.bytes.end()), *std::min_element(want.bytes.begin(), want.bytes.end()));
      EXPECT_EQ(got.kernels.front().find("tensor cores"), 0u) << got.kernels.front();
      EXPECT_EQ(got.kernels.back().find("tensor cores"), 0u) << got.kernels.back();
    }
  }
}

/// Where an element of the mask lies for a score.
size_t mask_at(const ChainShape& s, int32_t head, int32_t row, int32_t column) {
  const int32_t score[3] = {head, row, column};
  size_t at = 0;
  for (size_t d = 0; d < s.mask.size(); ++d) {
    const int32_t i = score[3 - s.mask.size() + d];
    at = at * static_cast<size_t>(s.mask[d]) + static_cast<size_t>(s.mask[d] == 1 ? 0 : i);
  }
  return at;
}

/// A row of scores, and how far what a device computes may be off: the products by their bound, each later op by a rounding.
struct Scores {
  std::vector<double> value;
  double off = 0.0;
};

Scores scores_of(const AttentionChain& c, int32_t head, int32_t row, Math math) {
  const ChainShape& s = c.shape();
  const std::vector<float> q = c.reals(c.queries), k = c.reals(c.keys), mask = c.mask >= 0 ? c.reals(c.mask) : std::vector<float>();
  const double rounding = std::ldexp(1.0, math == Math::kF16 ? -11 : -24), factor = s.scaled ? c.reals(c.factor)[0] : 1.0;
  Scores out;
  for (int32_t j = 0; j < s.keys; ++j) {
    Exact sum;
    for (int32_t i = 0; i < s.depth; ++i) {
      const int32_t at = s.keys_turned ? (head * s.depth + i) * s.keys + j : (head * s.keys + j) * s.depth + i;
      sum.add(static_cast<double>(q[static_cast<size_t>((head * s.queries + row) * s.depth + i)]) * k[static_cast<size_t>(at)]);
    }
    const double added = mask.empty() ? 0.0 : mask[mask_at(s, head, row, j)];
    if (std::isinf(added)) {
      out.value.push_back(added);
      continue;
    }
    out.value.push_back(sum.value * factor + added);
    out.off = std::max(out.off, bound_of(math, sum, s.depth) * factor + 3.0 * rounding * (std::fabs(sum.value * factor) + std::fabs(added)));
  }
  return out;
}

/// Weights are off by a factor of e^(2 off) and a few roundings, and so are their products by the values; then the bound of the second
/// product.
void compare_row(const AttentionChain& c, int32_t head, int32_t row, Math math, const float* got) {
  const ChainShape& s = c.shape();
  Scores scores = scores_of(c, head, row, math);
  const std::vector<float> v = c.reals(c.values);
  const double largest = *std::max_element(scores.value.begin(), scores.value.end());
  double all = 0.0;
  for (double& x : scores.value) all += x = std::exp(x - largest);
  const double factor = std::expm1(2.0 * scores.off) + 8.0 * std::ldexp(1.0, math == Math::kF16 ? -11 : -22);
  for (int32_t i = 0; i < s.width; ++i) {
    Exact sum;
    for (int32_t j = 0; j < s.keys; ++j) {
      sum.add(scores.value[static_cast<size_t>(j)] / all * v[static_cast<size_t>((head * s.keys + j) * s.width + i)]);
    }
    const double bound = sum.size * factor + bound_of(math, sum, s.keys);
    ASSERT_LE(std::fabs(got[i] - sum.value), bound) << "head " << head << ", row " << row << ", column " << i;
  }
}

/// fused: in one launch; else a variant is chosen, which keeps the nodes apart. hidden: keys without weight, the first ones.
void check_floats(const ChainShape& shape, size_t math, int32_t device, bool fused, int32_t hidden = 0) {
  AttentionChain chain(shape, INLAY_FLOAT32, 32);
  if (hidden > 0) chain.hide(hidden);
  std::vector<uint8_t> variants(static_cast<size_t>(chain.node_count()));
  variants.back() = fused ? 0 : 3;
  const AttentionChain::Answer got = chain.run(inlay_backend_cuda, device, kAllowed[math], variants);
  ASSERT_EQ(got.status, INLAY_OK) << got.sentence;
  EXPECT_EQ(got.kernels.back(), fused ? std::string("attention ") + name_of(kMaths[math]) : "gemm " + std::string(name_of(kMaths[math])) + " 32x32");
  EXPECT_EQ(got.kernels.front() == "fused", fused);
  const int32_t borders = kMaths[math] == Math::kF16 ? static_cast<int32_t>(3 + (chain.mask >= 0 ? 1 : 0) + 1) : 0;
  EXPECT_EQ(got.use.launches, borders + (fused ? 1 : chain.node_count()));
  std::vector<float> out(got.bytes.size() / sizeof(float));
  std::memcpy(out.data(), got.bytes.data(), got.bytes.size());
  for (int32_t r = 0; r < shape.heads * shape.queries; ++r) {
    compare_row(chain, r / shape.queries, r % shape.queries, kMaths[math], out.data() + static_cast<ptrdiff_t>(r) * shape.width);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(CudaAttention, FloatsAreWithinTheirBounds) {
  for (const bool fused : {false, true}) {
    for (const ChainShape& shape : kShapes) {
      for (size_t math = 0; math < 4; ++math) {
        SCOPED_TRACE(name_of(kMaths[math]));
        check_floats(shape, math, kNew, fused);
      }
    }
    check_floats(kShapes[1], 3, kOld, fused);
    check_floats(kShapes[1], 0, kOld, fused);
  }
}

/// The first keys that a block sees, all of them, have no weight.
TEST(CudaAttention, HiddenKeys) {
  for (const bool fused : {false, true}) {
    for (size_t math = 0; math < 4; ++math) check_floats({2, 9, 140, 16, 24, true, {1, 140}, false}, math, kNew, fused, 70);
  }
}

TEST(CudaAttention, EveryKernelIsThere) {
  for (const Math math : kMaths) {
    const std::string source = std::string("attention_") + name_of(math);
    for (const char* options : {"-DWIDTH=64 -DWHOLE=0", "-DWIDTH=64 -DWHOLE=1", "-DWIDTH=128 -DWHOLE=0", "-DWIDTH=128 -DWHOLE=1"}) {
      EXPECT_NE(find_kernel(source.c_str(), options, "attention"), nullptr) << source << " " << options;
    }
  }
}

/// Fused, scores and weights take none.
TEST(CudaAttention, MemoryOfScores) {
  AttentionChain chain({4, 64, 64, 16, 16, false, {}, false}, INLAY_FLOAT32, 33);
  const AttentionChain::Answer fused = chain.run(inlay_backend_cuda, kNew, 0), apart = chain.run(inlay_backend_cuda, kNew, 0, {1, 0, 0});
  constexpr uint64_t kOperand = 4 * 64 * 16 * sizeof(float), kScores = 4 * 64 * 64 * sizeof(float);
  EXPECT_EQ(fused.use.planned, 4 * kOperand);
  EXPECT_EQ(apart.use.planned, 3 * kOperand + kScores);
}

/// Nobody else may read what is between, and answers must not be too wide for a block.
TEST(CudaAttention, OnlyWholeChainsAreFused) {
  const auto last_kernel = [](const ChainShape& shape, int32_t device, bool watched) {
    AttentionChain chain(shape, INLAY_FLOAT32, 34);
    if (watched) chain.watch_scores();
    const AttentionChain::Answer got = chain.run(inlay_backend_cuda, device, 0);
    EXPECT_EQ(got.status, INLAY_OK) << got.sentence;
    return got.kernels.back();
  };
  EXPECT_EQ(last_kernel({1, 5, 6, 8, 128, true, {}, false}, kNew, false), "attention f32");
  EXPECT_NE(last_kernel({1, 5, 6, 8, 128, true, {}, false}, kNew, true), "attention f32");
  EXPECT_NE(last_kernel({1, 5, 6, 8, 129, true, {}, false}, kNew, false), "attention f32");
  EXPECT_NE(last_kernel({1, 1, 300, 8, 16, true, {}, false}, kNew, false), "attention f32") << "one query by many keys";
  EXPECT_NE(last_kernel({1, 5, 6, 8, 128, true, {}, false}, kOld, false), "attention f32") << "64 KiB of shared memory are too few";
}

/// What builtin says is within the same bound, or the bound would be about something else.
TEST(CudaAttention, BuiltinIsWithinTheBoundOfFloat32) {
  for (const ChainShape& shape : kShapes) {
    AttentionChain chain(shape, INLAY_FLOAT32, 32);
    const AttentionChain::Answer want = chain.run(inlay_backend_builtin, 0, 0);
    ASSERT_EQ(want.status, INLAY_OK) << want.sentence;
    std::vector<float> out(want.bytes.size() / sizeof(float));
    std::memcpy(out.data(), want.bytes.data(), want.bytes.size());
    for (int32_t r = 0; r < shape.heads * shape.queries; ++r) {
      compare_row(chain, r / shape.queries, r % shape.queries, Math::kF32, out.data() + static_cast<ptrdiff_t>(r) * shape.width);
    }
  }
}

}  // namespace
}  // namespace inlay::cuda
