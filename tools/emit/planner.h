// SPDX-License-Identifier: Apache-2.0
// The plan for the reference CPU: an offset for every activation.
#pragma once
#include <cstdint>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

struct PlannedGraph {
  std::vector<uint32_t> offsets;  ///< per tensor, INLAY_NOT_PLANNED where there is none
  uint64_t bytes = 0;
};

/// Plans one graph. Throws Error when its activations do not fit 4 GiB.
PlannedGraph plan_graph(const Graph& graph);

}  // namespace inlay::tools
