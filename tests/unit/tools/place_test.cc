// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/place.h"

#include <gtest/gtest.h>

#include <random>

namespace inlay::tools {
namespace {

using Assignment = std::vector<int32_t>;

/// Every assignment in the order of devices; keeps the first of the cheapest. Only for problems without noise or refused ops.
Assignment brute_force(const PlaceProblem& p) {
  Assignment now(p.cost.size(), 0), best;
  Nanos least = kRefused;
  while (true) {
    bool runs = true;
    for (size_t i = 0; i < now.size(); ++i) runs = runs && p.cost[i][static_cast<size_t>(now[i])] != kRefused;
    if (runs && cost_of(p, now) < least) {
      least = cost_of(p, now);
      best = now;
    }
    size_t i = now.size();
    while (i > 0 && ++now[i - 1] == p.devices) now[--i] = 0;
    if (i == 0) return best;
  }
}

PlaceProblem random_problem(std::mt19937& random) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  PlaceProblem p;
  p.devices = 1 + below(3);
  const auto devices = static_cast<size_t>(p.devices);
  const int spread = below(2) == 0 ? 4 : 1000;  // few values make many ties
  for (int op = 1 + below(7); op > 0; --op) {
    std::vector<Nanos> row(devices);
    for (Nanos& cost : row) cost = below(5) == 0 ? kRefused : below(spread);
    row[static_cast<size_t>(below(p.devices))] = below(spread);
    p.cost.push_back(row);
  }
  p.change.assign(devices, std::vector<Nanos>(devices, 0));
  for (size_t a = 0; a < devices; ++a) {
    for (size_t b = 0; b < devices; ++b) p.change[a][b] = a == b ? 0 : below(spread);
  }
  return p;
}

TEST(Place, EqualsBruteForce) {
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    const PlaceProblem p = random_problem(random);
    ASSERT_EQ(place_ops(p), brute_force(p)) << "problem " << i;
  }
}

TEST(Place, StaysWhereAChangeCostsMoreThanItBrings) {
  PlaceProblem p = {2, {{10, 90}, {12, 8}, {10, 90}}, {}, {{0, 3}, {3, 0}}};
  EXPECT_EQ(place_ops(p), (Assignment{0, 0, 0}));
  p.change = {{0, 1}, {1, 0}};
  EXPECT_EQ(place_ops(p), (Assignment{0, 1, 0}));
  EXPECT_EQ(cost_of(p, {0, 1, 0}), 30);
}

TEST(Place, PrefersTheEarlierDeviceWithinTheNoise) {
  PlaceProblem p = {2, {{100, 95}, {100, 95}, {100, 90}}, {{3, 2}, {2, 2}, {3, 2}}, {}};
  EXPECT_EQ(place_ops(p), (Assignment{0, 1, 1}));
  EXPECT_EQ(cost_of(p, {0, 1, 1}), 285);  // by what was measured
}

TEST(Place, LeavesOutWhatNobodyRuns) {
  const PlaceProblem p = {2, {{5, 1}, {kRefused, kRefused}, {1, 5}}, {}, {{0, 100}, {100, 0}}};
  EXPECT_EQ(place_ops(p), (Assignment{1, -1, 0}));
  EXPECT_EQ(cost_of(p, {1, -1, 0}), 2);
  EXPECT_TRUE(place_ops({}).empty());
}

}  // namespace
}  // namespace inlay::tools
