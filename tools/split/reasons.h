// SPDX-License-Identifier: Apache-2.0
// Pieces of plan_splits: sentences about splits that are not made.
#pragma once
#include "tools/split/plan_splits.h"
#include "tools/split/split_search.h"

namespace inlay::tools {

/// A split as its own schedule has it.
struct Look {
  DeviceSplit made;  ///< with the names of the devices
  Nanos base;        ///< of the whole ops
  Nanos gain;
  bool dropped = false;  ///< it was among the best, and the whole run gained too little by it:
  Nanos saved = 0;

  int32_t first() const { return made.split.nodes.front(); }
  int32_t last() const { return made.split.nodes.back(); }
  void drop(const Split& split, Nanos in_the_run) {
    if (split.nodes != made.split.nodes) return;
    dropped = true;
    saved = in_the_run;
  }
};
/// By their first op: the one that gains most by itself.
using Looks = std::map<int32_t, Look>;

/// "12.34 us".
std::string us_text(Nanos nanos);
/// Why nothing is split. `saved`: by all splits together, of `whole`; 0: none was left.
std::string why_nothing(const Graph& graph, Nanos saved, Nanos whole, const Looks& looks);
/// SplitPlan::rejected.
std::vector<std::string> rejections(const Graph& graph, const std::vector<Split>& made, const Looks& looks, const SplitSettings& settings);

}  // namespace inlay::tools
