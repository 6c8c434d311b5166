// SPDX-License-Identifier: Apache-2.0
// The plan for the reference CPU: an offset for every activation.
#pragma once
#include <cstdint>
#include <vector>

#include "planner/sharing.h"
#include "tools/graph/ir.h"

namespace inlay::tools {

struct PlannedGraph {
  std::vector<uint32_t> offsets;      ///< per tensor, INLAY_NOT_PLANNED where there is none
  uint64_t bytes = 0;
  uint64_t lower_bound = 0;           ///< most bytes alive at any op, shared ones once
  uint64_t lower_bound_unshared = 0;  ///< the same if every tensor had bytes of its own
};

/// Plans one graph, sharing at most `most`. `until`, by tensor: its bytes are given to nobody else before that node has run; empty, or
/// -1: as the order of ops allows. Throws Error when its activations do not fit 4 GiB.
PlannedGraph plan_graph(const Graph& graph, Share most = Share::kInside, const std::vector<int32_t>& until = {});

}  // namespace inlay::tools
