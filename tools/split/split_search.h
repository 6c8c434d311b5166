// SPDX-License-Identifier: Apache-2.0
// Pieces of plan_splits: layouts as placement problems, and the balance of one split.
#pragma once
#include <optional>

#include "tools/split/curves.h"
#include "tools/tune/placing.h"

namespace inlay::tools {

/// Devices of the parts of a split, indices into a problem's.
struct DeviceSplit {
  Split split;
  std::vector<int32_t> devices;
};

/// The device that slices and joins: the first of the host.
int32_t host_of(const Placing& whole);

/// The placement problem of a layout: whole nodes keep their options, parts have the device they were given, slices and joins
/// host_of().
Placing placing_of(const Graph& graph, const Placing& whole, const Layout& layout, const std::vector<DeviceSplit>& splits,
                   const Curves& curves);

/// The best ratio for some ops on some devices, in this order, cut so; none: there is no such split, or nothing is known of its parts.
struct Balanced {
  DeviceSplit made;
  Nanos latency;  ///< from and to the host's memory
};
std::optional<Balanced> balance(const Graph& graph, const Placing& whole, const Curves& curves, const std::vector<int32_t>& nodes,
                                const std::vector<int32_t>& devices, Cut cut);

}  // namespace inlay::tools
