// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plan/place_random.h"

namespace inlay::tools {
namespace {

bool obeys(const Placing& p, const std::vector<int32_t>& pins, const std::vector<int32_t>& options) {
  for (size_t n = 0; n < pins.size(); ++n) {
    const int32_t device = p.nodes[n].options[static_cast<size_t>(options[n])].device;
    if (pins[n] >= 0 && pins[n] != device) return false;
  }
  return true;
}

/// The next assignment in the order of options; false after the last.
bool advance(const Placing& p, std::vector<int32_t>* options) {
  for (size_t n = options->size(); n-- > 0;) {
    if (++(*options)[n] < static_cast<int32_t>(p.nodes[n].options.size())) return true;
    (*options)[n] = 0;
  }
  return false;
}

bool is_topological(const Placing& p, const std::vector<int32_t>& order) {
  std::vector<bool> there(p.tensors.size(), true);
  for (const PlacingNode& n : p.nodes) {
    for (const int32_t t : n.outputs) there[static_cast<size_t>(t)] = false;
  }
  for (const int32_t n : order) {
    for (const int32_t t : p.nodes[static_cast<size_t>(n)].inputs) {
      if (!there[static_cast<size_t>(t)]) return false;
    }
    for (const int32_t t : p.nodes[static_cast<size_t>(n)].outputs) there[static_cast<size_t>(t)] = true;
  }
  return true;
}

}  // namespace

std::optional<Value> brute_force(const Placing& p, PlaceObjective objective, const std::vector<int32_t>& pins, bool orders) {
  std::optional<Value> best;
  PlacingPlan plan = first_plan(p);
  Scheduler scheduler(p);
  do {
    if (!is_topological(p, plan.order)) continue;
    do {
      if (!obeys(p, pins, plan.options)) continue;
      PlaceScore score;
      if (!scheduler.score(plan, &score)) continue;
      const Value value = value_by(score, objective);
      if (!best || value < *best) best = value;
    } while (advance(p, &plan.options));
  } while (orders && std::next_permutation(plan.order.begin(), plan.order.end()));
  return best;
}

}  // namespace inlay::tools
