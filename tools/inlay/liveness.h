// SPDX-License-Identifier: Apache-2.0
// Which activations live while each op runs.
#pragma once
#include <cstdint>
#include <vector>

#include "inlay/graph.h"

namespace inlay::tools {

/// Bytes by node.
struct LiveBytes {
  std::vector<uint64_t> shared;    ///< bytes that several share by the plan's offsets count once
  std::vector<uint64_t> unshared;  ///< as if each tensor had bytes of its own
};

/// Bytes of the activations alive at each node, from their producer (or the start) to their last reader (or the end).
LiveBytes live_bytes(const inlay_graph& graph, const uint32_t* offsets);

}  // namespace inlay::tools
