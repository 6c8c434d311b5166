// SPDX-License-Identifier: Apache-2.0
#include "plan/stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <tuple>
#include <vector>

namespace inlay {
namespace {

StageCut solve(const std::vector<float>& costs, int32_t nodes, int32_t devices, inlay_status* status) {
  const StageProblem problem = {costs.data(), nodes, devices};
  std::vector<uint64_t> memory(cut_stages_bytes(problem) / 8 + 1);
  StageCut cut = {};
  inlay_error error = {};
  *status = cut_stages(problem, {memory.data(), memory.size() * 8}, &cut, &error);
  return cut;
}

/// The least (slowest, total) by trying every cut, and the fewest stages that reach it.
struct Best {
  double slowest = 1e30, total = 1e30;
  int32_t stages = 0;
};

Best try_all(const std::vector<float>& costs, int32_t nodes, int32_t devices) {
  Best best;
  const std::function<void(int32_t, int32_t, double, double, int32_t)> go = [&](int32_t at, int32_t used, double slowest,
                                                                                double total, int32_t stages) {
    if (at == nodes) {
      if (std::make_tuple(slowest, total, stages) < std::make_tuple(best.slowest, best.total, best.stages))
        best = {slowest, total, stages};
      return;
    }
    for (int32_t d = 0; d < devices; ++d) {
      if ((used >> d & 1) != 0) continue;
      double load = 0;
      for (int32_t end = at; end < nodes; ++end) {
        const float cost = costs[static_cast<size_t>(end * devices + d)];
        if (cost < 0) break;
        load += static_cast<double>(cost);
        go(end + 1, used | 1 << d, std::max(slowest, load), total + load, stages + 1);
      }
    }
  };
  go(0, 0, 0, 0, 0);
  return best;
}

TEST(Stages, EqualEveryCutTried) {
  std::mt19937 random(7);
  int32_t refused = 0;
  for (int turn = 0; turn < 400; ++turn) {
    const auto nodes = static_cast<int32_t>(1 + random() % 9), devices = static_cast<int32_t>(1 + random() % 4);
    std::vector<float> costs(static_cast<size_t>(nodes * devices));
    for (float& c : costs) c = random() % 8 == 0 ? -1.0f : static_cast<float>(random() % 20);
    const Best best = try_all(costs, nodes, devices);
    inlay_status status = INLAY_OK;
    const StageCut cut = solve(costs, nodes, devices, &status);
    if (best.stages == 0) {
      EXPECT_EQ(status, INLAY_STATUS_NO_DEVICE);
      ++refused;
      continue;
    }
    ASSERT_EQ(status, INLAY_OK) << turn;
    EXPECT_EQ(cut.slowest_us, best.slowest) << turn;
    EXPECT_EQ(cut.total_us, best.total) << turn;
    EXPECT_EQ(cut.count, best.stages) << turn;
    double total = 0;
    int32_t used = 0;
    for (int32_t k = 0; k < cut.count; ++k) {
      ASSERT_LT(cut.first[k], cut.first[k + 1]);
      EXPECT_EQ(used >> cut.device[k] & 1, 0) << "a device has two stages";
      used |= 1 << cut.device[k];
      for (int32_t n = cut.first[k]; n < cut.first[k + 1]; ++n)
        total += static_cast<double>(costs[static_cast<size_t>(n * devices + cut.device[k])]);
    }
    EXPECT_EQ(cut.first[0], 0);
    EXPECT_EQ(cut.first[cut.count], nodes);
    EXPECT_EQ(total, cut.total_us);
  }
  EXPECT_GT(refused, 10);
}

TEST(Stages, TwoEqualDevicesHalveTheDistanceOfFrames) {
  inlay_status status = INLAY_OK;
  const StageCut cut = solve(std::vector<float>(40, 10.0f), 20, 2, &status);
  ASSERT_EQ(status, INLAY_OK);
  EXPECT_EQ(cut.slowest_us, 100);
  EXPECT_EQ(cut.total_us, 200);
  EXPECT_EQ(cut.first[1], 10);
}

TEST(Stages, RefuseWhatMakesNoSense) {
  inlay_status status = INLAY_OK;
  solve({}, 0, 1, &status);
  EXPECT_EQ(status, INLAY_STATUS_BAD_ARGUMENT);
  solve(std::vector<float>(7, 1.0f), 1, 7, &status);
  EXPECT_EQ(status, INLAY_STATUS_BAD_ARGUMENT);
  const std::vector<float> costs = {1, 1};
  uint64_t little = 0;
  StageCut cut = {};
  inlay_error error = {};
  EXPECT_EQ(cut_stages({costs.data(), 2, 1}, {&little, 8}, &cut, &error), INLAY_STATUS_MEMORY_TOO_SMALL);
  EXPECT_STRNE(error.text, "");
}

}  // namespace
}  // namespace inlay
