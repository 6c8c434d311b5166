// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/choose.h"

#include <algorithm>

#include "inlay/placement.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/sha256.h"
#include "tools/tune/links.h"
#include "tools/tune/signature.h"

namespace inlay::tools {
namespace {

/// Two equal measurements differ by the clock's grain and by a part of themselves, however small their spread.
constexpr double kGrainNs = 10;
constexpr double kGrainPart = 0.005;

std::vector<NodeCost> costs_of(const inlay_model* model, int32_t node, const Choice& choice, int32_t threads,
                               const Profile& profile) {
  std::vector<NodeCost> row;
  for (const Column& column : choice.columns) {
    NodeCost cost;
    cost.refused = refusal(model, node, column, threads);
    if (cost.refused == nullptr) cost.measured = cost_of(profile, model, node, column.name, threads);
    row.push_back(std::move(cost));
  }
  return row;
}

double noise_of(const Measurement& m) { return m.estimated ? 0 : (m.mad + kGrainPart * m.us) * 1000 + kGrainNs; }

/// The cheapest measurement of a node, on device `place` or anywhere (-1); NULL: none.
const Measurement* cheapest_of(const Choice& choice, const std::vector<NodeCost>& row, int32_t place) {
  const Measurement* found = nullptr;
  for (size_t c = 0; c < row.size(); ++c) {
    if (!row[c].measured || (place >= 0 && choice.columns[c].place != place)) continue;
    if (found == nullptr || row[c].measured->us < found->us) found = &*row[c].measured;
  }
  return found;
}

bool within_noise(const Measurement& m, const Measurement& cheapest) {
  return (m.us - cheapest.us) * 1000 <= noise_of(m) + noise_of(cheapest);
}

/// Every measured way to run the nodes as it was measured; by the session where nothing was.
void add_options(const Choice& choice, Placing* problem) {
  for (size_t n = 0; n < choice.costs.size(); ++n) {
    for (size_t c = 0; c < choice.columns.size(); ++c) {
      const NodeCost& one = choice.costs[n][c];
      if (one.measured) add_option(problem, n, static_cast<int32_t>(c), choice.columns[c].place, nanos_of(one.measured->us));
    }
    if (problem->nodes[n].options.empty()) add_option(problem, n, -1, 0, 0);
  }
}

/// The same for the search, where what cannot be told apart goes to the earlier device: a cost within the noise of the op's
/// cheapest is that one. Variants of one device differ in nothing but the cost, so of each device only the best remains: the
/// first within the noise of its cheapest.
void add_settled(const Choice& choice, Placing* problem) {
  for (size_t n = 0; n < choice.costs.size(); ++n) {
    const std::vector<NodeCost>& row = choice.costs[n];
    const Measurement* cheapest = cheapest_of(choice, row, -1);
    int32_t last = -1;  // the columns of a device lie together
    for (size_t c = 0; c < row.size(); ++c) {
      const int32_t place = choice.columns[c].place;
      if (!row[c].measured || place == last || !within_noise(*row[c].measured, *cheapest_of(choice, row, place))) continue;
      const Measurement& m = *row[c].measured;
      add_option(problem, n, static_cast<int32_t>(c), place, nanos_of(within_noise(m, *cheapest) ? cheapest->us : m.us));
      last = place;
    }
    if (cheapest == nullptr) add_option(problem, n, -1, 0, 0);
  }
}

bool was_measured(const std::vector<Measurement>& list, int32_t threads) {
  return std::any_of(list.begin(), list.end(), [threads](const Measurement& m) { return m.threads == threads; });
}

}  // namespace

std::optional<Measurement> cost_of(const Profile& profile, const inlay_model* model, int32_t node, const std::string& column,
                                   int32_t threads) {
  const std::string key = signature(model, node);
  if (key.empty()) return std::nullopt;
  const DeviceModel* device = profile.device(column.substr(0, column.find('#')), threads);
  const auto known = profile.ops.find(key);
  if (known != profile.ops.end() && was_measured(known->second, threads)) {
    const Measurement* found = profile.find(key, column, threads);
    if (found == nullptr) return std::nullopt;
    Measurement out = *found;
    out.us += device != nullptr ? device->gap_us : 0;
    return out;
  }
  const inlay_graph& graph = main_graph(model);
  const bool variant = column.find('#') != std::string::npos;
  if (device == nullptr || variant || !device->has_speed || !device->runs(graph.nodes[node])) return std::nullopt;
  const bool view = device->kind == "host" && is_view(model, node);  // others may have the bytes elsewhere
  const double us = estimate_us(*device, graph, graph.nodes[node], view) + device->gap_us;
  Measurement estimate = {column, threads, us, 0, 0, "estimated"};
  estimate.estimated = true;
  return estimate;
}

int32_t estimated_ops(const Choice& choice) {
  const auto by_roofline = [](const std::vector<NodeCost>& row) {
    return std::any_of(row.begin(), row.end(), [](const NodeCost& one) { return one.measured && one.measured->estimated; });
  };
  return static_cast<int32_t>(std::count_if(choice.costs.begin(), choice.costs.end(), by_roofline));
}

void set_placement(Choice* choice, const std::vector<int32_t>& placement) {
  choice->schedule = Scheduler(choice->problem).schedule(plan_of(choice->problem, placement));
  choice->placement = placement;
  choice->predicted_us = static_cast<double>(choice->schedule.score.latency) / 1000;
}

Choice choose(const inlay_model* model, const std::vector<inlay_device>& devices, int32_t threads, const Profile& profile,
              const Wishes& wishes) {
  Choice choice;
  choice.columns = columns_of(model, devices, threads, wishes.variants);
  std::vector<PlacingDevice> placing;
  std::vector<std::string> names;
  for (const inlay_device& device : distinct_devices(choice.columns)) {
    names.push_back(device_label(device));
    placing.push_back(placing_device(device, names.back()));
    if (const DeviceModel* known = profile.device(names.back(), threads)) apply(*known, profile.on_paper, &placing.back());
  }
  const inlay_graph& graph = main_graph(model);
  for (int32_t n = 0; n < graph.node_count; ++n) choice.costs.push_back(costs_of(model, n, choice, threads, profile));
  choice.problem = model_placing(model, placing, profile.transfers);
  limit_memory(wishes, &choice.problem);
  Placing settled = choice.problem;
  add_options(choice, &choice.problem);
  add_settled(choice, &settled);
  const auto unknown = [](const std::vector<NodeCost>& row) {
    return std::none_of(row.begin(), row.end(), [](const NodeCost& one) { return one.measured.has_value(); });
  };
  if (!choice.costs.empty() && std::all_of(choice.costs.begin(), choice.costs.end(), unknown)) {
    throw Error("the profile knows no op of this model on these devices with " + std::to_string(threads) +
                " thread(s); measure them with inlay tune");
  }
  const std::vector<int32_t> pins = pins_of(wishes, graph, names);
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
  return choose(model, devices, threads, load_profile(path, this_board(devices), any_board));
}

Placed place_by(const inlay_model* model, const std::string& list, int32_t threads, const std::string& profile, bool any_board) {
  if (profile.empty()) return {find_devices(list), {}, {}};
  const Choice choice = choose_by_file(model, list, threads, profile, any_board);
  return {devices_of(choice.columns), choice.placement, variants_of(choice.columns, choice.placement)};
}

Placement to_stored(const Choice& choice, int32_t threads, const Profile& profile) {
  Placement out;
  for (const Column& column : choice.columns) {
    out.devices.push_back(column.name);
    out.links.push_back(link_of(choice.problem, column.place));
  }
  for (const int32_t device : choice.placement)
    out.placed.push_back(device < 0 ? INLAY_PLACED_FREELY : static_cast<uint8_t>(device));
  for (const std::vector<NodeCost>& row : choice.costs) {
    for (const NodeCost& cost : row) out.costs_us.push_back(cost.measured ? static_cast<float>(cost.measured->us) : -1.0f);
  }
  out.threads = threads;
  out.predicted_us = static_cast<float>(choice.predicted_us);
  out.board = describe(profile.board);
  const std::string text = format_profile(profile);
  out.profile = estimated_ops(choice) > 0 ? kEstimated : sha256_hex(text.data(), text.size()).substr(0, 16);
  return out;
}

}  // namespace inlay::tools
