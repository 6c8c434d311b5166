// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/planner.h"

#include "core/tensor.h"
#include "plan/plan.h"

namespace inlay::tools {
namespace {

/// What the planner reads of a graph: sizes, flags, wiring.
struct View {
  std::vector<inlay_tensor> tensors;
  std::vector<inlay_node> nodes;
  inlay_graph graph = {};

  explicit View(const Graph& from) {
    for (const Tensor& t : from.tensors) {
      inlay_tensor out = {};
      uint64_t bytes = 0;
      if (!tensor_bytes(t.dtype, t.shape.data(), static_cast<int32_t>(t.shape.size()), &bytes)) {
        throw Error("tensor '" + t.name + "' has a shape outside the format's limits");
      }
      out.data = t.is_constant() ? static_cast<const void*>(t.data.get()) : nullptr;
      out.bytes = bytes;
      out.flags = t.is_variable ? INLAY_TENSOR_VARIABLE : 0;
      tensors.push_back(out);
    }
    for (const Node& n : from.nodes) {
      inlay_node out = {};
      out.kind = n.kind;
      out.inputs = n.inputs.data();
      out.outputs = n.outputs.data();
      out.input_count = static_cast<uint16_t>(n.inputs.size());
      out.output_count = static_cast<uint16_t>(n.outputs.size());
      nodes.push_back(out);
    }
    graph.tensors = tensors.data();
    graph.nodes = nodes.data();
    graph.inputs = from.inputs.data();
    graph.outputs = from.outputs.data();
    graph.tensor_count = static_cast<int32_t>(tensors.size());
    graph.node_count = static_cast<int32_t>(nodes.size());
    graph.input_count = static_cast<int32_t>(from.inputs.size());
    graph.output_count = static_cast<int32_t>(from.outputs.size());
  }
};

}  // namespace

PlannedGraph plan_graph(const Graph& from) {
  const View view(from);
  const size_t count = view.tensors.size();
  std::vector<PlanItem> items(count);
  plan_lifetimes(view.graph, items.data());
  plan_aliases(view.graph, items.data(), nullptr);
  const uint64_t bound = plan_lower_bound(view.graph, items.data());
  std::vector<int32_t> order(count), placed(count);
  std::vector<uint32_t> best(count, INLAY_NOT_PLANNED);
  std::vector<uint64_t> breadth(count);
  const PlanScratch scratch = {order.data(), placed.data(), best.data(), breadth.data()};
  // Cache lines first; 16 bytes, all that any kernel needs, where the coarser grid costs memory.
  PlannedGraph out;
  out.bytes = UINT64_MAX;
  for (const uint32_t alignment : {64u, 16u}) {
    std::vector<PlanItem> trial = items;
    const uint64_t bytes = plan_offsets(view.graph, trial.data(), scratch, alignment, bound, 400);
    if (bytes >= out.bytes) continue;
    out.bytes = bytes;
    out.offsets.assign(count, INLAY_NOT_PLANNED);
    for (size_t t = 0; t < count; ++t) {
      if (trial[t].planned) out.offsets[t] = trial[t].offset;
    }
    if (bytes == bound) break;
  }
  if (out.bytes == UINT64_MAX) throw Error("the activations of graph '" + from.name + "' need more than 4 GiB");
  return out;
}

}  // namespace inlay::tools
