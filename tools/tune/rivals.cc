// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/rivals.h"

#include <algorithm>

namespace inlay::tools {
namespace {

constexpr const char* kGreedy = "greedy by capability";

/// The cheapest way to run a node on a device, or on any: -1. Its index into the options, -1: none.
int32_t cheapest(const PlacingNode& node, int32_t device) {
  int32_t best = -1;
  for (size_t o = 0; o < node.options.size(); ++o) {
    if (device >= 0 && node.options[o].device != device) continue;
    if (best < 0 || node.options[o].cost < node.options[static_cast<size_t>(best)].cost) best = static_cast<int32_t>(o);
  }
  return best;
}

/// Every node by the first device of the list that has it, else by the cheapest.
Rival rival(const std::string& name, const Choice& choice, const std::vector<int32_t>& devices) {
  Rival out;
  out.name = name;
  for (const PlacingNode& node : choice.problem.nodes) {
    int32_t option = -1;
    for (size_t d = 0; option < 0 && d < devices.size(); ++d) option = cheapest(node, devices[d]);
    if (option < 0) {
      option = cheapest(node, -1);
      ++out.elsewhere;
    }
    out.placement.push_back(node.columns[static_cast<size_t>(option)]);
  }
  const Schedule schedule = Scheduler(choice.problem).schedule(plan_of(choice.problem, out.placement));
  out.us = static_cast<double>(schedule.score.latency) / 1000;
  out.too_much = schedule.too_much;
  return out;
}

}  // namespace

std::vector<Rival> rivals_of(const Choice& choice) {
  std::vector<Rival> out;
  std::vector<int32_t> accelerators, hosts;
  const auto devices = static_cast<int32_t>(choice.problem.devices.size()) - 1;  // the last stands for the session
  for (int32_t d = 0; d < devices; ++d) {
    const PlacingDevice& device = choice.problem.devices[static_cast<size_t>(d)];
    (device.kind == PlaceKind::kHost ? hosts : accelerators).push_back(d);
    out.push_back(rival(device.name + " alone", choice, {d}));
  }
  accelerators.insert(accelerators.end(), hosts.begin(), hosts.end());
  out.push_back(rival(kGreedy, choice, accelerators));
  return out;
}

const Rival* best_single(const std::vector<Rival>& rivals) {
  const Rival* best = nullptr;
  for (const Rival& r : rivals) {
    if (r.name == kGreedy || !r.too_much.empty()) continue;
    if (best == nullptr || r.us < best->us) best = &r;
  }
  return best;
}

}  // namespace inlay::tools
