// SPDX-License-Identifier: Apache-2.0
#include "kernels/broadcast.h"

#include <gtest/gtest.h>

#include <vector>

namespace inlay::kernels {
namespace {

struct Made {
  bool ok = false;
  Broadcast plan = {};
  std::vector<int32_t> dims;
};

Made make(const std::vector<int32_t>& a, const std::vector<int32_t>& b) {
  Made m;
  int32_t dims[kBroadcastRank], rank = 0;
  m.ok = make_broadcast(a.data(), static_cast<int32_t>(a.size()), b.data(), static_cast<int32_t>(b.size()), &m.plan, dims, &rank);
  if (m.ok) m.dims.assign(dims, dims + rank);
  return m;
}

/// The operands' offsets for every element of the output, in order.
std::vector<std::pair<int64_t, int64_t>> walk(const Broadcast& plan) {
  std::vector<std::pair<int64_t, int64_t>> out;
  for_each_row(plan, [&](int64_t a, int64_t b, int64_t o, int64_t n, int64_t a_step, int64_t b_step) {
    EXPECT_EQ(o, static_cast<int64_t>(out.size()));
    for (int64_t i = 0; i < n; ++i) out.emplace_back(a + i * a_step, b + i * b_step);
  });
  return out;
}

int64_t offset(const std::vector<int32_t>& dims, const std::vector<int32_t>& out, int64_t element) {
  int64_t at = 0, stride = 1;
  for (size_t k = 0; k < out.size(); ++k) {
    const size_t d = out.size() - 1 - k;
    const int64_t index = element % out[d];
    element /= out[d];
    if (k >= dims.size()) continue;
    const int32_t size = dims[dims.size() - 1 - k];
    if (size != 1) at += index * stride;
    stride *= size;
  }
  return at;
}

TEST(Broadcast, EveryElementMeetsItsOperands) {
  const std::vector<std::pair<std::vector<int32_t>, std::vector<int32_t>>> cases = {
      {{}, {}},           {{4}, {}},           {{}, {4}},          {{5}, {5}},
      {{2, 3}, {3}},      {{3}, {2, 3}},       {{2, 3}, {2, 1}},   {{3, 1, 4}, {1, 5, 4}},
      {{2, 1, 3, 1}, {5, 1, 4}}, {{1, 2, 3, 4, 5}, {4, 1}}, {{2, 1, 2, 1, 2, 1, 2, 1}, {1, 3, 1, 3, 1, 3, 1, 3}}, {{1, 1}, {1}}};
  for (const auto& c : cases) {
    const Made m = make(c.first, c.second);
    ASSERT_TRUE(m.ok);
    const auto seen = walk(m.plan);
    int64_t count = 1;
    for (int32_t d : m.dims) count *= d;
    ASSERT_EQ(static_cast<int64_t>(seen.size()), count);
    for (int64_t i = 0; i < count; ++i) {
      EXPECT_EQ(seen[i].first, offset(c.first, m.dims, i));
      EXPECT_EQ(seen[i].second, offset(c.second, m.dims, i));
    }
  }
}

TEST(Broadcast, MergesDimsThatRunAlike) {
  EXPECT_EQ(make({2, 3, 4}, {2, 3, 4}).plan.rank, 1);
  EXPECT_EQ(make({1, 8, 8, 3}, {3}).plan.rank, 2);
}

TEST(Broadcast, EmptyAndMismatched) {
  const Made m = make({2, 0, 3}, {3});
  ASSERT_TRUE(m.ok);
  EXPECT_EQ(m.dims, (std::vector<int32_t>{2, 0, 3}));
  EXPECT_TRUE(walk(m.plan).empty());
  EXPECT_FALSE(make({2, 3}, {2}).ok);
  EXPECT_FALSE(make({0}, {2}).ok);
  EXPECT_TRUE(make({0}, {1}).ok);
}

TEST(Broadcast, RefusesAProductThatDoesNotFit) {
  const int32_t big = 1 << 30;
  EXPECT_FALSE(make({big, 1, 1}, {1, big, 1}).ok);
  EXPECT_FALSE(make({big, 1, 0}, {1, big, 1}).ok);  // an empty dim hides nothing
  EXPECT_TRUE(make({1 << 28, 1}, {1, 1 << 28}).ok);
}

}  // namespace
}  // namespace inlay::kernels
