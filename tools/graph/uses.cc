// SPDX-License-Identifier: Apache-2.0
#include "tools/graph/uses.h"

#include <algorithm>

namespace inlay::tools {

Uses::Uses(const Graph& graph)
    : producer_(graph.tensors.size(), -1),
      readers_(graph.tensors.size(), 0),
      input_(graph.tensors.size(), false),
      output_(graph.tensors.size(), false) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const int32_t id : graph.nodes[i].inputs) {
      if (id >= 0) ++readers_[static_cast<size_t>(id)];
    }
    for (const int32_t id : graph.nodes[i].outputs) {
      if (id >= 0) producer_[static_cast<size_t>(id)] = static_cast<int32_t>(i);
    }
  }
  for (const int32_t id : graph.inputs) input_[static_cast<size_t>(id)] = true;
  for (const int32_t id : graph.outputs) output_[static_cast<size_t>(id)] = true;
}

void sweep(Graph& graph) {
  const auto gone = std::remove_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& n) { return n.kind == INLAY_OP_NONE; });
  graph.nodes.erase(gone, graph.nodes.end());
}

void replace_reads(Graph& graph, int32_t from, int32_t to) {
  for (Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  std::replace(graph.outputs.begin(), graph.outputs.end(), from, to);
}

bool same_meaning(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.quant.scales == b.quant.scales && a.quant.zero_points == b.quant.zero_points &&
         a.quant.axis == b.quant.axis;
}

}  // namespace inlay::tools
