// SPDX-License-Identifier: Apache-2.0
// What a user asks of a placement beside the devices.
#pragma once
#include <string>
#include <vector>

#include "inlay/graph.h"
#include "tools/tune/placing.h"

namespace inlay::tools {

struct Wishes {
  std::string objective = "latency";    ///< or "throughput", "memory"
  std::vector<std::string> pins;        ///< "OP=DEVICE"; OP: an op's index, or the name of one or several
  std::vector<std::string> max_memory;  ///< "DEVICE=BYTES"

  bool variants = true;                 ///< also choose among the kernel variants that devices offer

  /// Nothing but the fastest run.
  bool plain() const { return objective == "latency" && pins.empty() && max_memory.empty(); }
};

inline constexpr const char* kObjectiveHelp = "latency: the fastest run; throughput: frames in flight; memory: the fewest bytes";
inline constexpr const char* kPinHelp = "OP=DEVICE: run this op there; OP is an index or a name of inlay inspect";
inline constexpr const char* kMaxMemoryHelp = "DEVICE=BYTES: weights and activations it may hold";

/// "latency", ... Throws Error.
PlaceObjective objective_of(const Wishes& wishes);
/// Per node the index of the device it is pinned to, or -1. Throws Error for an op or a device that is not there.
std::vector<int32_t> pins_of(const Wishes& wishes, const inlay_graph& graph, const std::vector<std::string>& devices);
/// Sets the memory limits of devices by their names. Throws Error.
void limit_memory(const Wishes& wishes, Placing* problem);

}  // namespace inlay::tools
