// SPDX-License-Identifier: Apache-2.0
// Graphs called by control flow: who calls whom, and that a called graph's activations lie behind those of its callers.
#include "model/calls.h"

#include "inlay/graph.h"

namespace inlay {
namespace {

constexpr uint32_t kMaxDepth = 8;  // a call nests on the stack of run

uint64_t end_of(const inlay_graph& graph, const uint32_t* offsets, uint64_t base) {
  uint64_t end = base;
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    const uint64_t tensor_end = offsets[t] != INLAY_NOT_PLANNED ? offsets[t] + uint64_t{graph.tensors[t].bytes} : 0;
    if (tensor_end > end) end = tensor_end;
  }
  return end;
}

inlay_status check_call(const Reader& r, const inlay_model& m, int32_t caller, int32_t callee, uint64_t end, CallCheck* all) {
  if (callee <= caller || callee >= m.graph_count) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "graph % calls graph %: only graphs behind it can be called", caller, callee);
  }
  if (all[callee].base < end) all[callee].base = end;
  if (all[callee].depth < all[caller].depth + 1) all[callee].depth = all[caller].depth + 1;
  return all[callee].depth <= kMaxDepth ? INLAY_OK
                                        : INLAY_FAIL(r.error, MODEL_CORRUPT, "the calls of graphs nest deeper than %", kMaxDepth);
}

}  // namespace

inlay_status check_calls(const Reader& r, const inlay_model* m, CallCheck* all) {
  for (int32_t g = 0; g < m->graph_count; ++g) {
    const inlay_graph& graph = m->graphs[g];
    CallCheck& own = all[g];
    for (int32_t t = 0; t < graph.tensor_count; ++t) {
      if (m->offsets[g][t] != INLAY_NOT_PLANNED && m->offsets[g][t] < own.base) {
        return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan lets graph % overlap with a graph that calls it", g);
      }
    }
    const uint64_t end = end_of(graph, m->offsets[g], own.base);
    for (int32_t n = 0; n < graph.node_count; ++n) {
      const inlay_node& node = graph.nodes[n];
      if (node.params_type != INLAY_PARAMS_GRAPHS) continue;
      const auto& calls = *static_cast<const inlay_graphs*>(node.params);
      INLAY_TRY(check_call(r, *m, g, calls.first, end, all));
      INLAY_TRY(check_call(r, *m, g, calls.second, end, all));
    }
  }
  return INLAY_OK;
}

}  // namespace inlay
