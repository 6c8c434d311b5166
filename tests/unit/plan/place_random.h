// SPDX-License-Identifier: Apache-2.0
// Random placement problems, and the answer by trying everything.
#pragma once
#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "tools/tune/placing.h"

namespace inlay::tools {

class RandomPlacing {
 public:
  explicit RandomPlacing(uint32_t seed) : random_(seed) {}

  int32_t below(int32_t n) { return static_cast<int32_t>(random_() % static_cast<uint32_t>(n)); }
  bool one_in(int32_t n) { return below(n) == 0; }

  /// `nodes` ops on `devices` devices; at most `assignments` ways to place them.
  Placing problem(int32_t nodes, int32_t devices, double assignments) {
    Placing p;
    spread_ = one_in(3) ? 4 : 100;  // few values make many ties
    for (int32_t d = 0; d < devices; ++d) add_device(&p, d);
    p.make_paths();
    for (int32_t a = 0; a <= devices; ++a) {
      for (int32_t b = 0; b <= devices; ++b) {
        const bool direct = a == 0 || b == 0 || one_in(2);
        if (a != b) p.path(a, b) = {direct, below(spread_) / 2, one_in(4) ? 0 : 0.5 * (1 + below(200))};
      }
    }
    for (int32_t i = 1 + below(2); i > 0; --i) p.tensors.push_back({bytes(), false});
    for (int32_t n = 0; n < nodes; ++n) add_node(&p, &assignments);
    for (int32_t t = 0; t < static_cast<int32_t>(p.tensors.size()); ++t) {
      if (!p.tensors[static_cast<size_t>(t)].constant && (one_in(6) || t + 1 == static_cast<int32_t>(p.tensors.size())))
        p.outputs.push_back(t);
    }
    return p;
  }

 private:
  uint64_t bytes() { return static_cast<uint64_t>(below(1000)); }

  void add_device(Placing* p, int32_t d) {
    PlacingDevice device;
    device.name = "d" + std::to_string(d);
    const PlaceKind kinds[] = {PlaceKind::kHost, PlaceKind::kHost, PlaceKind::kRemote, PlaceKind::kAsynchronous,
                               PlaceKind::kAsynchronous};
    device.kind = kinds[below(5)];
    device.shares_memory = one_in(3);
    device.start = one_in(2) ? 0 : below(spread_);
    device.submit = one_in(2) ? 0 : below(spread_) / 4;
    if (one_in(3)) device.memory_limit = static_cast<uint64_t>(500 + below(6000));
    p->devices.push_back(device);
  }

  int32_t pick(const Placing& p) {
    const auto count = static_cast<int32_t>(p.tensors.size());
    return one_in(2) ? count - 1 - below(std::min(count, 3)) : below(count);
  }

  void add_node(Placing* p, double* assignments) {
    PlacingNode node;
    node.name = "op" + std::to_string(p->nodes.size());
    for (int32_t i = 1 + below(2); i > 0; --i) node.inputs.push_back(pick(*p));
    if (one_in(2)) {
      node.inputs.push_back(static_cast<int32_t>(p->tensors.size()));
      p->tensors.push_back({bytes(), true});
    }
    for (int32_t i = one_in(5) ? 2 : 1; i > 0; --i) {
      node.outputs.push_back(static_cast<int32_t>(p->tensors.size()));
      p->tensors.push_back({bytes(), false});
    }
    const auto devices = static_cast<int32_t>(p->devices.size());
    for (int32_t d = 0; d < devices; ++d) {
      for (int32_t i = one_in(5) ? 2 : one_in(4) ? 0 : 1; i > 0; --i) node.options.push_back({d, below(spread_)});
    }
    if (node.options.empty()) node.options.push_back({below(devices), below(spread_)});
    while (static_cast<double>(node.options.size()) > std::max(1.0, *assignments)) node.options.pop_back();
    *assignments /= static_cast<double>(node.options.size());
    p->nodes.push_back(node);
  }

  std::mt19937 random_;
  int32_t spread_ = 100;
};

using Value = std::pair<int64_t, int64_t>;

inline Value value_by(const PlaceScore& score, PlaceObjective objective) {
  if (objective == PlaceObjective::kThroughput) return {score.period, score.latency};
  if (objective == PlaceObjective::kMemory) return {static_cast<int64_t>(score.bytes), score.latency};
  return {score.latency, 0};
}

/// The least value over all assignments that obey the pins and the limits, and over all orders of issue where `orders`.
std::optional<Value> brute_force(const Placing& p, PlaceObjective objective, const std::vector<int32_t>& pins, bool orders);

}  // namespace inlay::tools
