// SPDX-License-Identifier: Apache-2.0
// Splits as a rewriting of the graph: slices, parts and a concatenation that are ops like all others.
#pragma once
#include "tools/split/layout.h"

namespace inlay::tools {

/// Where an op of a rewritten graph comes from.
struct PartOrigin {
  Step::Kind kind;
  int32_t node;              ///< of the graph before
  int32_t split, part = -1;  ///< -1: none
};

/// Replaces the nodes of every split. Parts keep the name of the op they come from: "conv_1 [0:57 of 112]". `origins`: one per node
/// of the new graph. Throws Error.
Graph split_graph(const Graph& graph, const std::vector<Split>& splits, std::vector<PartOrigin>* origins);

}  // namespace inlay::tools
