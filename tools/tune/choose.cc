// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/choose.h"

#include <algorithm>
#include <cmath>

#include "inlay/placement.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/sha256.h"
#include "tools/tune/signature.h"

namespace inlay::tools {
namespace {

/// Two equal measurements differ by the clock's grain and by a part of themselves, however small their spread.
constexpr double kGrainNs = 10;
constexpr double kGrainPart = 0.005;

Nanos to_nanos(double us) { return static_cast<Nanos>(std::llround(us * 1000)); }

std::vector<NodeCost> costs_of(const inlay_model* model, int32_t node, const Choice& choice, int32_t threads,
                               const Profile& profile) {
  std::vector<NodeCost> row;
  const std::string key = signature(model, node);
  for (size_t d = 0; d < choice.devices.size(); ++d) {
    NodeCost cost;
    cost.refused = refusal(model, 0, node, choice.devices[d], threads);
    const Measurement* known = profile.find(key, choice.names[d], threads);
    if (cost.refused == nullptr && known != nullptr) cost.measured = *known;
    row.push_back(std::move(cost));
  }
  return row;
}

double noise_of(const Measurement& m) { return (m.mad + kGrainPart * m.us) * 1000 + kGrainNs; }

/// The options of every node, or one of no cost on the last device, "session", where nothing was measured. A cost within the noise
/// of the op's cheapest is that one, if `settled`: what cannot be told apart goes to the earlier device.
void add_options(const std::vector<std::vector<NodeCost>>& costs, bool settled, Placing* problem) {
  const auto session = static_cast<int32_t>(problem->devices.size()) - 1;
  for (size_t n = 0; n < costs.size(); ++n) {
    const Measurement* cheapest = nullptr;
    for (const NodeCost& one : costs[n]) {
      if (one.measured && (cheapest == nullptr || one.measured->us < cheapest->us)) cheapest = &*one.measured;
    }
    for (size_t d = 0; d < costs[n].size(); ++d) {
      if (!costs[n][d].measured) continue;
      const Measurement& m = *costs[n][d].measured;
      const bool equal = settled && (m.us - cheapest->us) * 1000 <= noise_of(m) + noise_of(*cheapest);
      problem->nodes[n].options.push_back({static_cast<int32_t>(d), to_nanos(equal ? cheapest->us : m.us)});
    }
    if (cheapest == nullptr) problem->nodes[n].options.push_back({session, 0});
  }
}

}  // namespace

void set_placement(Choice* choice, const std::vector<int32_t>& placement) {
  choice->schedule = Scheduler(choice->problem).schedule(plan_of(choice->problem, placement));
  choice->placement = placement;
  choice->predicted_us = static_cast<double>(choice->schedule.score.latency) / 1000;
}

Choice choose(const inlay_model* model, const std::vector<inlay_device>& devices, int32_t threads, const Profile& profile,
              const Wishes& wishes) {
  Choice choice;
  choice.devices = devices;
  std::vector<PlacingDevice> placing;
  for (const inlay_device& device : devices) {
    choice.names.push_back(device_label(device));
    placing.push_back(placing_device(device, choice.names.back()));
  }
  const inlay_graph& graph = main_graph(model);
  for (int32_t n = 0; n < graph.node_count; ++n) choice.costs.push_back(costs_of(model, n, choice, threads, profile));
  choice.problem = model_placing(model, placing, profile.transfers);
  limit_memory(wishes, &choice.problem);
  Placing settled = choice.problem;
  add_options(choice.costs, false, &choice.problem);
  add_options(choice.costs, true, &settled);
  const auto unknown = [](const std::vector<NodeCost>& row) {
    return std::none_of(row.begin(), row.end(), [](const NodeCost& one) { return one.measured.has_value(); });
  };
  if (!choice.costs.empty() && std::all_of(choice.costs.begin(), choice.costs.end(), unknown)) {
    throw Error("the profile knows no op of this model on these devices with " + std::to_string(threads) +
                " thread(s); measure them with inlay tune");
  }
  const std::vector<int32_t> pins = pins_of(wishes, graph, choice.names);
  PlaceSettings settings;
  settings.objective = objective_of(wishes);
  settings.pins = pins.data();
  set_placement(&choice, placement_of(settled, solve(settled, settings, &choice.result)));
  return choice;
}

Choice choose_by_file(const inlay_model* model, const std::string& list, int32_t threads, const std::string& path,
                      bool any_board) {
  std::vector<inlay_device> devices = find_devices(list);
  if (devices.empty()) devices = cpu_devices();
  return choose(model, devices, threads, load_profile(path, this_board(), any_board));
}

Placed place_by(const inlay_model* model, const std::string& list, int32_t threads, const std::string& profile, bool any_board) {
  if (profile.empty()) return {find_devices(list), {}};
  Choice choice = choose_by_file(model, list, threads, profile, any_board);
  return {std::move(choice.devices), std::move(choice.placement)};
}

Placement to_stored(const Choice& choice, int32_t threads, const Profile& profile) {
  Placement out;
  out.devices = choice.names;
  for (const int32_t device : choice.placement)
    out.placed.push_back(device < 0 ? INLAY_PLACED_FREELY : static_cast<uint8_t>(device));
  for (const std::vector<NodeCost>& row : choice.costs) {
    for (const NodeCost& cost : row) out.costs_us.push_back(cost.measured ? static_cast<float>(cost.measured->us) : -1.0f);
  }
  out.threads = threads;
  out.predicted_us = static_cast<float>(choice.predicted_us);
  out.board = describe(profile.board);
  const std::string text = format_profile(profile);
  out.profile = sha256_hex(text.data(), text.size()).substr(0, 16);
  return out;
}

}  // namespace inlay::tools
