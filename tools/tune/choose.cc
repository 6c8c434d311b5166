// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/choose.h"

#include <algorithm>
#include <cmath>

#include "inlay/placement.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/sha256.h"
#include "tools/tune/place.h"
#include "tools/tune/signature.h"

namespace inlay::tools {
namespace {

/// What it costs on a CPU to go on in another segment: a call and cold code. Only there so that placements do not flicker.
constexpr Nanos kChangeNs = 100;
/// Two equal measurements differ by the clock's grain and by a part of themselves, however small their spread.
constexpr Nanos kGrainNs = 10;
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

PlaceProblem problem_of(const Choice& choice) {
  PlaceProblem problem;
  const size_t devices = choice.devices.size();
  problem.devices = static_cast<int32_t>(devices);
  for (size_t d = 0; d < devices; ++d) {
    problem.change.emplace_back(devices, kChangeNs);
    problem.change[d][d] = 0;
  }
  for (const std::vector<NodeCost>& row : choice.costs) {
    std::vector<Nanos> cost, noise;
    for (const NodeCost& one : row) {
      cost.push_back(one.measured ? to_nanos(one.measured->us) : kRefused);
      noise.push_back(one.measured ? to_nanos(one.measured->mad + kGrainPart * one.measured->us) + kGrainNs : 0);
    }
    problem.cost.push_back(std::move(cost));
    problem.noise.push_back(std::move(noise));
  }
  return problem;
}

}  // namespace

Choice choose(const inlay_model* model, const std::vector<inlay_device>& devices, int32_t threads, const Profile& profile) {
  Choice choice;
  choice.devices = devices;
  for (const inlay_device& device : devices) choice.names.push_back(device_label(device));
  for (int32_t n = 0; n < main_graph(model).node_count; ++n) choice.costs.push_back(costs_of(model, n, choice, threads, profile));
  const PlaceProblem problem = problem_of(choice);
  choice.placement = place_ops(problem);
  choice.predicted_us = static_cast<double>(cost_of(problem, choice.placement)) / 1000;
  const auto placed = [](int32_t device) { return device >= 0; };
  if (!choice.costs.empty() && std::none_of(choice.placement.begin(), choice.placement.end(), placed)) {
    throw Error("the profile knows no op of this model on these devices with " + std::to_string(threads) +
                " thread(s); measure them with inlay tune");
  }
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
