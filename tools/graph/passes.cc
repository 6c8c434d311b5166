// SPDX-License-Identifier: Apache-2.0
#include "tools/graph/passes.h"

#include <algorithm>

#include "tools/graph/op_call.h"
#include "tools/graph/uses.h"

namespace inlay::tools {

void optimize(Model& model) {
  for (Graph& graph : model.graphs) {
    fold_constants(graph);
    // What one pass removes lets another see further; every round but the last shrinks the graph.
    size_t before = 0;
    do {
      before = graph.nodes.size();
      fuse(graph);
      fuse_dilation(graph);
      simplify_moves(graph);
      remove_identities(graph);
    } while (graph.nodes.size() < before);
    remove_dead(graph);  // reads that nobody wants would look like uses of a variable
    place_variables(graph);
    remove_dead(graph);
  }
}

namespace {

constexpr uint64_t kSmall = 64 * 1024;
constexpr uint64_t kGrowth = 4;  // int8 or int4 weights behind DEQUANTIZE still fold

uint64_t bytes_of_outputs(const Graph& graph, const Node& node) {
  uint64_t bytes = 0;
  for (const int32_t id : node.outputs) {
    uint64_t bits = inlay_dtype_bits(tensor_at(graph, id).dtype);
    for (const int32_t dim : tensor_at(graph, id).shape) bits *= static_cast<uint64_t>(dim);
    bytes += bits / 8;
  }
  return bytes;
}

/// A constant that replaces a node must not make the file much larger than the node and its inputs were (a resize may), nor may
/// a chain of such nodes.
bool worth_storing(const Graph& graph, const Node& node) {
  uint64_t in = 0;
  for (const int32_t id : node.inputs) in += id < 0 ? 0 : tensor_at(graph, id).data->size();
  const uint64_t out = bytes_of_outputs(graph, node);
  return (out <= kSmall || out <= kGrowth * in) && (graph.fold_budget == nullptr || out <= *graph.fold_budget);
}

bool foldable(const Graph& graph, const Node& node) {
  if (node.kind == INLAY_OP_CUSTOM || node.kind == INLAY_OP_IF || node.kind == INLAY_OP_WHILE || find_op(node) == nullptr) return false;
  bool any = false;
  for (const int32_t id : node.inputs) {
    if (id >= 0 && !tensor_at(graph, id).is_constant()) return false;
    any = any || id >= 0;
  }
  for (const int32_t id : node.outputs) {
    // An output of the model stays computed: callers get memory that a node writes.
    const bool output = std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
    if (id < 0 || output || tensor_at(graph, id).is_variable) return false;
  }
  return any && worth_storing(graph, node);
}

}  // namespace

bool fold_node(Graph& graph, const Node& node) {
  if (!foldable(graph, node)) return false;
  std::vector<Bytes> values = evaluate(graph, node);
  if (graph.fold_budget != nullptr) *graph.fold_budget -= bytes_of_outputs(graph, node);
  for (size_t i = 0; i < node.outputs.size(); ++i) {
    tensor_at(graph, node.outputs[i]).data = std::make_shared<const Bytes>(std::move(values[i]));
  }
  return true;
}

void fold_constants(Graph& graph) {
  for (Node& node : graph.nodes) {
    if (fold_node(graph, node)) node.kind = INLAY_OP_NONE;
  }
  sweep(graph);
}

void remove_dead(Graph& graph) {
  std::vector<bool> live(graph.tensors.size(), false);
  for (const int32_t id : graph.outputs) live[static_cast<size_t>(id)] = true;
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    // A user's op may do what the graph does not show, and a called graph may write variables.
    bool needed = node->kind == INLAY_OP_CUSTOM || node->kind == INLAY_OP_IF || node->kind == INLAY_OP_WHILE;
    for (const int32_t id : node->outputs) needed = needed || (id >= 0 && (live[static_cast<size_t>(id)] || tensor_at(graph, id).is_variable));
    // What is written to a variable is read by the next run, and most ops that take a variable write it.
    for (const int32_t id : node->inputs) {
      needed = needed || (id >= 0 && tensor_at(graph, id).is_variable && node->kind != INLAY_OP_COPY);
    }
    if (!needed) {
      node->kind = INLAY_OP_NONE;
      continue;
    }
    for (const int32_t id : node->inputs) {
      if (id >= 0) live[static_cast<size_t>(id)] = true;
    }
    for (const int32_t id : node->outputs) {
      if (id >= 0) live[static_cast<size_t>(id)] = true;
    }
  }
  sweep(graph);
  for (const int32_t id : graph.inputs) live[static_cast<size_t>(id)] = true;

  std::vector<int32_t> renumbered(graph.tensors.size(), -1);
  std::vector<Tensor> kept;
  for (const bool constants : {false, true}) {
    for (size_t i = 0; i < graph.tensors.size(); ++i) {
      if (!live[i] || graph.tensors[i].is_constant() != constants) continue;
      renumbered[i] = static_cast<int32_t>(kept.size());
      kept.push_back(std::move(graph.tensors[i]));
      graph.tensors[i].data.reset();
    }
  }
  graph.tensors = std::move(kept);
  const auto renumber = [&](std::vector<int32_t>* ids) {
    for (int32_t& id : *ids) id = id < 0 ? -1 : renumbered[static_cast<size_t>(id)];
  };
  for (Node& node : graph.nodes) {
    renumber(&node.inputs);
    renumber(&node.outputs);
  }
  renumber(&graph.inputs);
  renumber(&graph.outputs);
}

}  // namespace inlay::tools
