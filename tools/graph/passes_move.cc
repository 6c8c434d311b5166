// SPDX-License-Identifier: Apache-2.0
// TRANSPOSEs that meet become one, and those that move no element become RESHAPEs, which cost nothing.
#include "tools/graph/passes.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

bool is_transpose(const Node& node) {
  return node.kind == INLAY_OP_TRANSPOSE && node.inputs.size() == 1 && node.inputs[0] >= 0 && node.outputs.size() == 1 &&
         std::holds_alternative<inlay_dims>(node.params);
}

/// The dims that are not 1 keep their order, so the elements stay where they are.
bool moves_nothing(const std::vector<int32_t>& shape, const inlay_dims& order) {
  int32_t last = -1;
  for (int32_t d = 0; d < order.rank; ++d) {
    const int32_t from = order.dims[d];
    if (shape[static_cast<size_t>(from)] == 1) continue;
    if (from < last) return false;
    last = from;
  }
  return true;
}

/// A TRANSPOSE of a TRANSPOSE reads what the first one reads. The first dies later if nobody else wants it.
void compose(const Graph& graph, const Uses& uses, Node* node) {
  while (true) {
    const int32_t before = uses.producer(node->inputs[0]);
    if (before < 0) return;
    const Node& first = graph.nodes[static_cast<size_t>(before)];
    if (!is_transpose(first)) return;
    const Tensor& source = tensor_at(graph, first.inputs[0]);
    if (source.is_variable || !same_meaning(source, tensor_at(graph, node->inputs[0]))) return;
    const auto& inner = std::get<inlay_dims>(first.params);
    auto& outer = std::get<inlay_dims>(node->params);
    if (inner.rank != outer.rank) return;
    for (int32_t d = 0; d < outer.rank; ++d) outer.dims[d] = inner.dims[outer.dims[d]];
    node->inputs[0] = first.inputs[0];
  }
}

}  // namespace

void simplify_moves(Graph& graph) {
  const Uses uses(graph);
  for (Node& node : graph.nodes) {
    if (!is_transpose(node)) continue;
    compose(graph, uses, &node);
    const std::vector<int32_t>& shape = tensor_at(graph, node.inputs[0]).shape;
    const auto& order = std::get<inlay_dims>(node.params);
    if (shape.size() != static_cast<size_t>(order.rank) || !moves_nothing(shape, order)) continue;
    inlay_dims target = {};
    target.rank = order.rank;
    for (int32_t d = 0; d < order.rank; ++d) target.dims[d] = shape[static_cast<size_t>(order.dims[d])];
    node.kind = INLAY_OP_RESHAPE;
    node.params = target;
  }
}

}  // namespace inlay::tools
