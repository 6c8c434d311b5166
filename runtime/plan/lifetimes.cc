// SPDX-License-Identifier: Apache-2.0
#include "core/tensor.h"
#include "plan/plan.h"

namespace inlay {
namespace {

void extend(PlanItem* item, int32_t at) {
  if (at > item->last) item->last = at;
}

/// May `node` write its output 0 into the buffer of its input 0?
bool may_share(const inlay_node& node, int32_t index, const PlanItem* items, inlay_alias alias) {
  const int32_t in = node.inputs[0], out = node.outputs[0];
  const PlanItem& buffer = items[items[in].root];
  if (!items[in].planned || !items[out].planned || items[in].bytes != items[out].bytes) return false;
  if (alias == INLAY_ALIAS_VIEW) return true;
  // In place: nobody may read the old contents later, nor see them under another shape in this very op.
  if (buffer.last != index) return false;
  for (int32_t i = 1; i < node.input_count; ++i) {
    const int32_t other = node.inputs[i];
    if (other >= 0 && other != in && items[other].root == items[in].root) return false;
  }
  return true;
}

}  // namespace

inlay_alias alias_of_kind(int32_t kind) {
  switch (kind) {
#define INLAY_OP(number, NAME, symbol, alias) \
  case number:                                \
    return INLAY_ALIAS_##alias;
#include "inlay/ops.inc"
#undef INLAY_OP
    default:
      return INLAY_ALIAS_NONE;
  }
}

void plan_lifetimes(const inlay_graph& graph, PlanItem* items) {
  for (int32_t t = 0; t < graph.tensor_count; ++t) items[t] = {0, INT32_MAX, -1, t, INLAY_NOT_PLANNED, false};
  for (int32_t i = 0; i < graph.input_count; ++i) items[graph.inputs[i]].first = -1;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (node.inputs[i] >= 0) extend(&items[node.inputs[i]], n);
    }
    for (int32_t i = 0; i < node.output_count; ++i) {
      if (node.outputs[i] < 0) continue;
      items[node.outputs[i]].first = n;
      extend(&items[node.outputs[i]], n);
    }
  }
  for (int32_t i = 0; i < graph.output_count; ++i) extend(&items[graph.outputs[i]], graph.node_count);
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    const inlay_tensor& tensor = graph.tensors[t];
    PlanItem& item = items[t];
    item.planned = tensor.data == nullptr && (tensor.flags & INLAY_TENSOR_VARIABLE) == 0 && item.first != INT32_MAX;
    if (item.planned) item.bytes = tensor.bytes;
  }
}

void plan_aliases(const inlay_graph& graph, PlanItem* items, const uint32_t* offsets) {
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    const inlay_alias alias = alias_of_kind(node.kind);
    if (alias == INLAY_ALIAS_NONE || node.input_count < 1 || node.output_count < 1) continue;
    const int32_t in = node.inputs[0], out = node.outputs[0];
    if (in < 0 || out < 0 || !may_share(node, n, items, alias)) continue;
    if (offsets != nullptr && offsets[in] != offsets[out]) continue;
    items[out].root = items[in].root;
    extend(&items[items[in].root], items[out].last);
  }
}

uint64_t plan_lower_bound(const inlay_graph& graph, const PlanItem* items) {
  uint64_t bound = 0;
  // Live sums change only at the ops; -1 and node_count are covered because inputs and outputs live at some op too,
  // unless the graph has none.
  for (int32_t n = -1; n <= graph.node_count; ++n) {
    uint64_t live = 0;
    for (int32_t t = 0; t < graph.tensor_count; ++t) {
      if (items[t].planned && items[t].root == t && items[t].first <= n && n <= items[t].last) live += items[t].bytes;
    }
    if (live > bound) bound = live;
  }
  return bound;
}

bool plan_is_sound(const inlay_graph& graph, const PlanItem* items, uint64_t planned_bytes, int32_t* active, int32_t* bad_a,
                   int32_t* bad_b) {
  int32_t count = 0;
  for (int32_t n = -1; n < graph.node_count; ++n) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; ++i) {
      if (items[active[i]].last >= n) active[kept++] = active[i];
    }
    count = kept;
    const bool at_inputs = n < 0;
    const int32_t* born = at_inputs ? graph.inputs : graph.nodes[n].outputs;
    const int32_t born_count = at_inputs ? graph.input_count : graph.nodes[n].output_count;
    for (int32_t b = 0; b < born_count; ++b) {
      const int32_t t = born[b];
      if (t < 0 || !items[t].planned || items[t].root != t) continue;
      const PlanItem& item = items[t];
      *bad_a = *bad_b = t;
      if (uint64_t{item.offset} + item.bytes > planned_bytes) return false;
      for (int32_t i = 0; i < count; ++i) {
        const PlanItem& other = items[active[i]];
        *bad_b = active[i];
        const bool apart = uint64_t{item.offset} + item.bytes <= other.offset || uint64_t{other.offset} + other.bytes <= item.offset;
        if (!apart && active[i] != t) return false;
      }
      active[count++] = t;
    }
  }
  return true;
}

}  // namespace inlay
