// SPDX-License-Identifier: Apache-2.0
// The search against every possible placement, and what must hold whatever the numbers.
#include "plan/place.h"

#include <gtest/gtest.h>

#include "tests/unit/plan/place_random.h"
#include "tools/graph/ir.h"

namespace inlay::tools {
namespace {

constexpr PlaceObjective kObjectives[] = {PlaceObjective::kLatency, PlaceObjective::kThroughput, PlaceObjective::kMemory};

/// Solves, and checks what the result says of itself. Nothing: no placement fits.
std::optional<Value> solved(const Placing& p, PlaceSettings settings, PlaceResult* result, PlacingPlan* plan) {
  try {
    *plan = solve(p, settings, result);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("no placement"), std::string::npos) << error.what();
    return std::nullopt;
  }
  PlaceScore score;
  EXPECT_TRUE(Scheduler(p).score(*plan, &score));
  const Value value = value_by(score, settings.objective);
  EXPECT_EQ(value.first, result->value);
  EXPECT_EQ(score.latency, result->score.latency);
  EXPECT_LE(result->lower_bound, result->value);
  EXPECT_TRUE(!result->exact || result->lower_bound == result->value);
  return value;
}

void expect_brute(RandomPlacing& random, const Placing& p, PlaceObjective objective, bool orders) {
  std::vector<int32_t> pins(p.nodes.size(), -1);
  for (size_t n = 0; n < pins.size(); ++n) {
    const std::vector<PlaceOption>& options = p.nodes[n].options;
    if (random.one_in(8)) pins[n] = options[static_cast<size_t>(random.below(static_cast<int32_t>(options.size())))].device;
  }
  PlaceSettings settings;
  settings.objective = objective;
  settings.pins = pins.data();
  settings.reorder = orders;
  PlaceResult result = {};
  PlacingPlan plan;
  const std::optional<Value> found = solved(p, settings, &result, &plan);
  ASSERT_EQ(found, brute_force(p, objective, pins, orders));
  ASSERT_TRUE(!found || result.exact);
}

TEST(Place, EqualsBruteForceOn1000Graphs) {
  RandomPlacing random(8);
  for (int32_t i = 0; i < 1000; ++i) {
    const Placing p = random.problem(1 + random.below(10), 1 + random.below(3), i % 50 == 0 ? 60000 : 600);
    SCOPED_TRACE(i);
    expect_brute(random, p, kObjectives[i % 5 < 3 ? 0 : i % 5 - 2], false);
    if (HasFatalFailure()) return;
  }
}

TEST(Place, EqualsBruteForceOverOrdersToo) {
  RandomPlacing random(9);
  for (int32_t i = 0; i < 300; ++i) {
    const Placing p = random.problem(1 + random.below(5), 1 + random.below(3), 80);
    SCOPED_TRACE(i);
    expect_brute(random, p, kObjectives[i % 3], true);
    if (HasFatalFailure()) return;
  }
}

TEST(Place, AFewLabelsStillGiveAPlanAndABound) {
  RandomPlacing random(10);
  int32_t inexact = 0;
  for (int32_t i = 0; i < 200; ++i) {
    const Placing p = random.problem(4 + random.below(5), 2 + random.below(2), 400);
    PlaceSettings settings;
    settings.labels = 2;
    settings.objective = kObjectives[i % 3];
    PlaceResult result = {};
    PlacingPlan plan;
    const std::optional<Value> found = solved(p, settings, &result, &plan), best = brute_force(p, settings.objective, {}, false);
    if (!found) continue;
    ASSERT_TRUE(best) << i;
    ASSERT_GE(found->first, best->first) << i;
    ASSERT_LE(result.lower_bound, best->first) << i;
    inexact += result.exact ? 0 : 1;
  }
  EXPECT_GT(inexact, 10);  // else this tests nothing
}

/// The score of a plan that puts each op on `device` where it can, elsewhere on its cheapest; or on the first that takes it.
std::optional<Value> simple(const Placing& p, int32_t device, PlaceObjective objective) {
  PlacingPlan plan = first_plan(p);
  for (size_t n = 0; n < p.nodes.size() && device >= 0; ++n) {
    const auto worse = [&](const PlaceOption& a, const PlaceOption& b) {
      return (a.device != device) != (b.device != device) ? b.device != device : a.cost < b.cost;
    };
    const std::vector<PlaceOption>& options = p.nodes[n].options;
    plan.options[n] = static_cast<int32_t>(std::min_element(options.begin(), options.end(), worse) - options.begin());
  }
  PlaceScore score;
  return Scheduler(p).score(plan, &score) ? std::optional<Value>(value_by(score, objective)) : std::nullopt;
}

TEST(Place, NeverWorseThanOneDeviceOrThanTheFirstThatTakesIt) {
  RandomPlacing random(11);
  for (int32_t i = 0; i < 60; ++i) {
    const Placing p = random.problem(20 + random.below(40), 2 + random.below(3), 1e300);
    PlaceSettings settings;
    settings.labels = 8;
    settings.objective = kObjectives[i % 3];
    PlaceResult result = {};
    PlacingPlan plan;
    const std::optional<Value> found = solved(p, settings, &result, &plan);
    for (int32_t d = -1; d < static_cast<int32_t>(p.devices.size()); ++d) {
      const std::optional<Value> other = simple(p, d, settings.objective);
      ASSERT_TRUE(!other || (found && !(*other < *found))) << i << ", device " << d;
    }
  }
}

TEST(Place, FasterDevicesAndMoreMemoryAreNeverWorse) {
  RandomPlacing random(12);
  for (int32_t i = 0; i < 150; ++i) {
    Placing p = random.problem(3 + random.below(6), 3, 1e300);
    PlaceSettings settings;
    settings.reorder = i % 3 == 0;
    PlaceResult before = {}, after = {};
    PlacingPlan plan;
    const bool fitted = solved(p, settings, &before, &plan).has_value();
    const int32_t device = random.below(3);
    for (PlacingNode& node : p.nodes) {
      for (PlaceOption& option : node.options) option.cost = option.device == device ? option.cost / 2 : option.cost;
    }
    p.devices[static_cast<size_t>(device)].start /= 2;
    for (PlacingDevice& d : p.devices) d.memory_limit *= 2;
    for (PlacePath& path : p.paths) path.latency /= 2;
    const bool fits = solved(p, settings, &after, &plan).has_value();
    ASSERT_TRUE(fits || !fitted) << i;
    ASSERT_TRUE(!fitted || after.value <= before.value) << i;
  }
}

TEST(Place, FiveHundredOpsOnFourDevicesEndInTime) {
  RandomPlacing random(13);
  const Placing p = random.problem(500, 4, 1e300);
  Placing free = p;
  for (PlacingDevice& d : free.devices) d.memory_limit = 0;
  PlaceSettings settings;
  settings.labels = 64;
  PlaceResult result = {};
  PlacingPlan plan;
  ASSERT_TRUE(solved(free, settings, &result, &plan));
  EXPECT_GT(result.lower_bound, 0);
  EXPECT_LE(result.steps, 500 * 64 * 8 + 10000);  // nodes * labels * options, and the polish
  RecordProperty("gap_percent", static_cast<int>(100.0 * static_cast<double>(result.value - result.lower_bound) /
                                                 static_cast<double>(result.value)));
}

}  // namespace
}  // namespace inlay::tools
