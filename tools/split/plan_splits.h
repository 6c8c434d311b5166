// SPDX-License-Identifier: Apache-2.0
// Which ops pay to be computed in parts, over which devices and at which ratio.
#pragma once
#include "tools/split/curves.h"
#include "tools/tune/placing.h"

namespace inlay::tools {

struct SplitSettings {
  double margin = 0.03;       ///< of the whole run: what all splits together have to save
  double part_margin = 0.02;  ///< of the time of its own ops: what each split has to save
  int32_t most_ops = 8;       ///< that share a split
};

/// What was found. Without splits `problem` and `plan` are those of the whole ops.
struct SplitPlan {
  std::vector<Split> splits;  ///< by their first node; with the devices of their parts
  std::vector<Nanos> saved;   ///< per split: what the run would take longer without it
  Nanos whole = 0, latency = 0;  ///< of the best placement without splits, and of this one
  Placing problem;
  PlacingPlan plan;
  std::string why;  ///< a sentence, also for people who wonder why nothing was split
  std::vector<std::string> rejected;  ///< a line for each op that is in no split: the best one that begins there and what it would gain, or why none does
};

/// Looks for splits of a graph. `whole`: its placement problem, one node for each of the graph's, in their order. Parts overlap in
/// time only on devices with a queue, so every split has one, and at most one device that keeps the host busy. Each candidate, a run of
/// ops on some devices, cut by rows or, where these are few, by pixels or features, is balanced by its own schedule; those that save most together are tried in that of the whole run, and
/// dropped where it is not faster for them. Throws Error as solve().
SplitPlan plan_splits(const Graph& graph, const Placing& whole, const Curves& curves, const SplitSettings& settings = {});

}  // namespace inlay::tools
