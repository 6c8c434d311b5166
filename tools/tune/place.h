// SPDX-License-Identifier: Apache-2.0
// The cheapest device for every op of a sequence, exactly. Pure: no model, no clock.
#pragma once
#include <cstdint>
#include <vector>

namespace inlay::tools {

/// Nanoseconds; whole numbers, so that sums compare exactly.
using Nanos = int64_t;
constexpr Nanos kRefused = INT64_MAX;  ///< the device cannot run the op

/// What there is to choose from. Devices stand in the order of preference.
struct PlaceProblem {
  int32_t devices = 0;
  std::vector<std::vector<Nanos>> cost;   ///< [op][device], at least 0, or kRefused; sums stay far below INT64_MAX
  std::vector<std::vector<Nanos>> noise;  ///< [op][device]: how far a measurement strays; empty: not at all
  /// [from][to]: what it costs when consecutive ops run on `from` and `to`; empty: nothing.
  std::vector<std::vector<Nanos>> change;
};

/// Per op the index of its device: of all assignments with the least sum of costs and changes, the first in the order of devices,
/// op by op. A device whose cost exceeds the op's cheapest by no more than their noises together counts as just as cheap, so what
/// cannot be told apart goes to the earlier device. -1 for an op that every device refuses; it costs nothing, nor do changes to
/// it.
std::vector<int32_t> place_ops(const PlaceProblem& problem);

/// The sum of costs and changes of an assignment of place_ops, by the costs as they were given.
Nanos cost_of(const PlaceProblem& problem, const std::vector<int32_t>& assignment);

}  // namespace inlay::tools
