// SPDX-License-Identifier: Apache-2.0
// How much work and how many parameters an op has, from its shapes.
#pragma once
#include <cstdint>

#include "inlay/graph.h"

namespace inlay::tools {

/// Multiply-accumulates of one run of the node: convolutions, also transposed, matrix products and recurrent layers; 0 for every
/// other op.
uint64_t node_macs(const inlay_graph& graph, const inlay_node& node);
/// Bytes of the constants the node reads.
uint64_t node_constant_bytes(const inlay_graph& graph, const inlay_node& node);
uint64_t graph_macs(const inlay_graph& graph);

}  // namespace inlay::tools
