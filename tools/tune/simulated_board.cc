// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/simulated_board.h"

#include <stdexcept>

#include "tools/inlay/handles.h"

namespace inlay::tools {

SimulatedBoard::SimulatedBoard(const Profile& profile, int32_t threads) : profile_(profile), threads_(threads) {
  profile_.on_paper = true;
  Placing places;
  simulated::Machine machine;
  for (const DeviceModel& model : profile_.devices) {
    if (model.threads != 0 && model.threads != threads) continue;
    PlacingDevice d;
    apply(model, true, &d);
    d.name = model.name;
    const auto about = profile_.board.devices.find(model.name);
    machine.devices.push_back({model.name, about != profile_.board.devices.end() ? about->second : "", simulated::Kind::kHost,
                               d.shares_memory, d.start, d.submit, d.memory_limit,
                               [this, name = model.name](const inlay_graph& graph, int32_t node) { return cost(name, graph, node); }});
    if (d.kind == PlaceKind::kRemote) machine.devices.back().kind = simulated::Kind::kRemote;
    if (d.kind == PlaceKind::kAsynchronous) machine.devices.back().kind = simulated::Kind::kAsynchronous;
    places.devices.push_back(std::move(d));
  }
  if (places.devices.empty())
    throw Error("the profile says nothing of its devices with " + std::to_string(threads) + " thread(s): \"devices\" in docs/tune.md");
  add_paths(&places, profile_.transfers);
  for (const PlacePath& path : places.paths) machine.paths.push_back({path.known, path.latency, path.bytes_per_us});
  try {
    board_ = std::make_unique<simulated::Board>(std::move(machine));
  } catch (const std::logic_error& error) {
    throw Error(error.what());
  }
  devices_ = board_->devices();
}

simulated::Nanos SimulatedBoard::cost(const std::string& device, const inlay_graph& graph, int32_t node) const {
  for (const inlay_model* model : models_) {
    if (&main_graph(model) != &graph) continue;
    const std::optional<Measurement> known = cost_of(profile_, model, node, device, threads_);
    if (known) return nanos_of(known->us);
  }
  return -1;
}

}  // namespace inlay::tools
