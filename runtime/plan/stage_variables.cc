// SPDX-License-Identifier: Apache-2.0
#include "plan/stages.h"

namespace inlay {
namespace {

bool is_of(const inlay_graph& graph, int32_t tensor, int32_t variable) {
  return tensor >= 0 && (graph.tensors[tensor].flags & INLAY_TENSOR_VARIABLE) != 0 && graph.tensors[tensor].variable == variable;
}

bool touches(const inlay_graph& graph, const inlay_node& node, int32_t variable) {
  if (node.params_type == INLAY_PARAMS_GRAPHS) return true;
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (is_of(graph, node.inputs[i], variable)) return true;
  }
  for (int32_t i = 0; i < node.output_count; ++i) {
    if (is_of(graph, node.outputs[i], variable)) return true;
  }
  return false;
}

/// All nodes from the first that touches it to the last.
void join(const inlay_graph& graph, int32_t variable, uint8_t* joined) {
  int32_t first = -1, last = -1;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    if (!touches(graph, graph.nodes[n], variable)) continue;
    first = first < 0 ? n : first;
    last = n;
  }
  for (int32_t n = first + 1; n <= last; ++n) joined[n] = 1;
}

}  // namespace

void join_variables(const inlay_graph& graph, bool variables, uint8_t* joined) {
  if (!variables) return;
  join(graph, -1, joined);  // of graphs that are called
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    if ((graph.tensors[t].flags & INLAY_TENSOR_VARIABLE) != 0) join(graph, graph.tensors[t].variable, joined);
  }
}

}  // namespace inlay
