// SPDX-License-Identifier: Apache-2.0
// Importers put a COPY before every use of a variable and one behind every write. Here those that order alone makes safe go.
// Runs last: no other pass may move a read of a variable past a write.
#include <algorithm>

#include "tools/graph/passes.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

bool same_state(const Tensor& a, const Tensor& b) {
  return a.is_variable && b.is_variable && (&a == &b || (a.variable >= 0 && a.variable == b.variable));
}

bool lists(const Graph& graph, const std::vector<int32_t>& ids, const Tensor& variable) {
  return std::any_of(ids.begin(), ids.end(), [&](int32_t id) { return id >= 0 && same_state(tensor_at(graph, id), variable); });
}

bool calls_graphs(const Node& node) { return node.kind == INLAY_OP_IF || node.kind == INLAY_OP_WHILE; }

/// May the node change the variable? Recurrent and signal ops write their state inputs; only what is known to just read is safe.
bool may_write(const Graph& graph, const Node& node, const Tensor& variable) {
  if (calls_graphs(node) || lists(graph, node.outputs, variable)) return true;
  const bool only_reads = node.kind == INLAY_OP_COPY || node.kind == INLAY_OP_CONCATENATION || node.kind == INLAY_OP_RESHAPE;
  return !only_reads && lists(graph, node.inputs, variable);
}

bool touches(const Graph& graph, const Node& node, const Tensor& variable) {
  return calls_graphs(node) || lists(graph, node.inputs, variable) || lists(graph, node.outputs, variable);
}

/// COPY variable -> t: readers of t read the variable itself, when nobody writes it before the last of them.
bool forward_read(Graph& graph, const Uses& uses, size_t at) {
  const int32_t from = graph.nodes[at].inputs[0], to = graph.nodes[at].outputs[0];
  const Tensor& variable = tensor_at(graph, from);
  const Tensor& value = tensor_at(graph, to);
  if (!variable.is_variable || value.is_variable || uses.is_output(to) || !same_meaning(variable, value) || variable.shape != value.shape) {
    return false;
  }
  bool written = false;
  for (size_t n = at + 1; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const bool reads = std::find(node.inputs.begin(), node.inputs.end(), to) != node.inputs.end();
    written = written || may_write(graph, node, variable);
    // A node that reads and writes in one go may not see its own output under its input.
    if (reads && (written || calls_graphs(node))) return false;
  }
  graph.nodes[at].kind = INLAY_OP_NONE;
  graph.nodes[at].inputs.clear();
  graph.nodes[at].outputs.clear();
  replace_reads(graph, to, from);
  return true;
}

/// COPY t -> variable: the node that makes t writes the variable itself, when nobody needs the old state in between.
bool write_directly(Graph& graph, const Uses& uses, size_t at) {
  const int32_t from = graph.nodes[at].inputs[0], to = graph.nodes[at].outputs[0];
  const Tensor& value = tensor_at(graph, from);
  const Tensor& variable = tensor_at(graph, to);
  const int32_t producer = uses.producer(from);
  if (!variable.is_variable || value.is_variable || producer < 0 || !uses.single(from)) return false;
  if (!same_meaning(variable, value) || variable.shape != value.shape) return false;
  for (size_t n = static_cast<size_t>(producer); n < at; ++n) {
    if (touches(graph, graph.nodes[n], variable)) return false;
  }
  auto& outputs = graph.nodes[static_cast<size_t>(producer)].outputs;
  std::replace(outputs.begin(), outputs.end(), from, to);
  graph.nodes[at].kind = INLAY_OP_NONE;
  graph.nodes[at].inputs.clear();
  graph.nodes[at].outputs.clear();
  return true;
}

bool is_copy(const Node& node) {
  return node.kind == INLAY_OP_COPY && node.inputs.size() == 1 && node.outputs.size() == 1 && node.inputs[0] >= 0 && node.outputs[0] >= 0;
}

}  // namespace

void place_variables(Graph& graph) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_copy(graph.nodes[i])) forward_read(graph, Uses(graph), i);
  }
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_copy(graph.nodes[i])) write_directly(graph, Uses(graph), i);
  }
  sweep(graph);
}

}  // namespace inlay::tools
