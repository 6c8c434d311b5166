// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/planner.h"

#include <algorithm>
#include <type_traits>

#include "core/tensor.h"
#include "planner/offsets.h"

namespace inlay::tools {
namespace {

constexpr uint64_t kGoodEnough = 100;  // within 1/100 of the bound no other sharing is tried

/// What the planner reads of a graph: sizes, flags, wiring, and what decides about views.
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
      out.dims = t.shape.data();
      out.rank = static_cast<uint8_t>(t.shape.size());
      out.dtype = static_cast<uint8_t>(t.dtype);
      out.quant.scales = t.quant.scales.data();
      out.quant.zero_points = t.quant.zero_points.empty() ? nullptr : t.quant.zero_points.data();
      out.quant.count = static_cast<int32_t>(t.quant.scales.size());
      out.quant.axis = t.quant.axis;
      tensors.push_back(out);
    }
    for (const Node& n : from.nodes) {
      inlay_node out = {};
      out.kind = n.kind;
      out.inputs = n.inputs.data();
      out.outputs = n.outputs.data();
      out.input_count = static_cast<uint16_t>(n.inputs.size());
      out.output_count = static_cast<uint16_t>(n.outputs.size());
      out.params = std::visit([](const auto& p) -> const void* {
        return std::is_same_v<std::decay_t<decltype(p)>, std::monostate> ? nullptr : &p; }, n.params);
      out.params_type = static_cast<uint8_t>(n.params.index());
      out.activation = n.activation;
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

PlannedGraph plan_graph(const Graph& from, Share most) {
  const View view(from);
  const size_t count = view.tensors.size();
  std::vector<PlanItem> items(count);
  plan_lifetimes(view.graph, items.data());
  PlannedGraph out;
  out.lower_bound_unshared = lower_bound(view.graph, items, share(view.graph, items, Share::kNothing));
  out.bytes = UINT64_MAX;
  // All the sharing there is makes the bound lowest, but less of it may be easier to pack.
  for (Share how = most;; how = static_cast<Share>(static_cast<int>(how) - 1)) {
    const Sharing sharing = share(view.graph, items, how);
    const uint64_t bound = lower_bound(view.graph, items, sharing);
    if (how == most) out.lower_bound = bound;
    // Cache lines first; 16 bytes, all that is promised, where the coarser grid costs memory.
    for (const uint32_t alignment : {64u, 16u}) {
      const Places placed = place_groups(items, sharing, alignment, bound);
      if (placed.bytes >= out.bytes) continue;
      out.bytes = placed.bytes;
      out.offsets.assign(count, INLAY_NOT_PLANNED);
      for (size_t t = 0; t < count; ++t) {
        if (!items[t].planned) continue;
        out.offsets[t] = static_cast<uint32_t>(placed.base[static_cast<size_t>(sharing.group[t])] + static_cast<uint64_t>(sharing.delta[t]));
      }
      if (placed.bytes == bound) break;
    }
    if (how == Share::kNothing || out.bytes <= out.lower_bound + out.lower_bound / kGoodEnough) break;
  }
  if (out.bytes == UINT64_MAX) throw Error("the activations of graph '" + from.name + "' need more than 4 GiB");
  out.lower_bound = std::min(out.lower_bound, out.bytes);  // choices among conflicting views are not always the best ones
  return out;
}

}  // namespace inlay::tools
