// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/flights.h"

#include <algorithm>

#include "inlay/backend.h"
#include "inlay/placement.h"

namespace inlay::tools {
namespace {

/// What is known of a device by its name. One that is not here may have a queue, and activations where the host has them.
struct Lane {
  bool queue = true, own_memory = false;
};

Lane lane_of(const std::string& name) {
  inlay_device device = {};
  if (inlay_device_find(name.substr(0, name.find('#')).c_str(), &device, nullptr) != INLAY_OK) return {};
  const bool queue = INLAY_OFFERS(device.backend, submit) && INLAY_OFFERS(device.backend, finish);
  return {queue, (device.backend->flags & INLAY_BACKEND_OWN_ACTIVATIONS) != 0};
}

bool any_of(const std::vector<int32_t>& tensors, const std::vector<bool>& marked) {
  return std::any_of(tensors.begin(), tensors.end(), [&](int32_t t) { return t >= 0 && marked[static_cast<size_t>(t)]; });
}

/// Nodes [first, end) on one device.
class Flight {
 public:
  Flight(const Graph& graph, const std::vector<uint8_t>& placed, int32_t first)
      : graph_(graph), placed_(placed), first_(first), end_(first), written_(graph.tensors.size(), false) {
    while (end_ < count() && device(end_) == device(first)) {
      for (const int32_t t : node(end_).outputs) {
        if (t >= 0) written_[static_cast<size_t>(t)] = true;
      }
      ++end_;
    }
  }
  int32_t end() const { return end_; }

  /// Holds what the flight touches until another device reads what it writes. `inner`: also what only its own ops read.
  void hold(bool inner, std::vector<int32_t>* until) const {
    int32_t due = end_;
    while (due < count() && (device(due) == device(first_) || !any_of(node(due).inputs, written_))) ++due;
    if (std::count(placed_.begin() + end_, placed_.begin() + due, device(first_)) == due - end_) return;  // nobody works beside it
    const std::vector<bool> outside = read_outside();
    for (int32_t n = first_; n < end_; ++n) {
      for (const std::vector<int32_t>* list : {&node(n).inputs, &node(n).outputs}) {
        for (const int32_t t : *list) {
          if (t < 0) continue;
          const auto at = static_cast<size_t>(t);
          if (inner || !written_[at] || outside[at]) (*until)[at] = std::max((*until)[at], due - 1);
        }
      }
    }
  }

 private:
  int32_t count() const { return static_cast<int32_t>(graph_.nodes.size()); }
  const Node& node(int32_t n) const { return graph_.nodes[static_cast<size_t>(n)]; }
  uint8_t device(int32_t n) const { return placed_[static_cast<size_t>(n)]; }

  std::vector<bool> read_outside() const {
    std::vector<bool> out(graph_.tensors.size(), false);
    for (int32_t n = 0; n < count(); ++n) {
      if (n >= first_ && n < end_) continue;
      for (const int32_t t : node(n).inputs) {
        if (t >= 0) out[static_cast<size_t>(t)] = true;
      }
    }
    for (const int32_t t : graph_.outputs) out[static_cast<size_t>(t)] = true;
    return out;
  }

  const Graph& graph_;
  const std::vector<uint8_t>& placed_;
  int32_t first_, end_;
  std::vector<bool> written_;
};

}  // namespace

std::vector<int32_t> held_until(const Graph& graph, const Placement& placement) {
  std::vector<int32_t> until(graph.tensors.size(), -1);
  if (placement.placed.size() != graph.nodes.size()) return until;
  std::vector<Lane> lanes;
  for (const std::string& name : placement.devices) lanes.push_back(lane_of(name));
  for (int32_t n = 0; n < static_cast<int32_t>(graph.nodes.size());) {
    const uint8_t device = placement.placed[static_cast<size_t>(n)];
    const Flight flight(graph, placement.placed, n);
    if (device < lanes.size() && lanes[device].queue) flight.hold(!lanes[device].own_memory, &until);
    n = flight.end();
  }
  return until;
}

}  // namespace inlay::tools
