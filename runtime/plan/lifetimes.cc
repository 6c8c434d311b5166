// SPDX-License-Identifier: Apache-2.0
#include "core/op_kinds.h"
#include "plan/plan.h"

namespace inlay {
namespace {

constexpr uint8_t kInterfaceAlignment = 16;  // promised by inlay_session_input and inlay_session_output

void extend(PlanItem* item, int32_t at) {
  if (at > item->last) item->last = at;
}

uint8_t element_alignment(const inlay_tensor& t) {
  const uint32_t bytes = inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype)) / 8;
  return static_cast<uint8_t>(bytes > 1 ? bytes : 1);
}

}  // namespace

inlay_alias alias_of_kind(int32_t kind) {
  const int32_t alias = alias_or_unknown(kind);
  return alias != kUnknownOp ? static_cast<inlay_alias>(alias) : INLAY_ALIAS_NONE;
}

void plan_lifetimes(const inlay_graph& graph, PlanItem* items) {
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    items[t] = {0, INT32_MAX, -1, INLAY_NOT_PLANNED, element_alignment(graph.tensors[t]), false};
  }
  for (int32_t i = 0; i < graph.input_count; ++i) {
    items[graph.inputs[i]].first = -1;
    items[graph.inputs[i]].alignment = kInterfaceAlignment;
  }
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
  for (int32_t i = 0; i < graph.output_count; ++i) {
    extend(&items[graph.outputs[i]], graph.node_count);
    items[graph.outputs[i]].alignment = kInterfaceAlignment;
  }
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    const inlay_tensor& tensor = graph.tensors[t];
    PlanItem& item = items[t];
    item.planned = tensor.data == nullptr && (tensor.flags & INLAY_TENSOR_VARIABLE) == 0 && item.first != INT32_MAX;
    if (item.planned) item.bytes = tensor.bytes;
  }
}

}  // namespace inlay
