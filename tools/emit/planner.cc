// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/planner.h"

#include <algorithm>
#include <type_traits>

#include "core/tensor.h"
#include "planner/offsets.h"

namespace inlay::tools {
namespace {

constexpr uint64_t kGoodEnough = 100;  // within 1/100 of the bound no other sharing is tried
constexpr uint64_t kForParts = 4;      // what copies of parts that are computed at the same time may cost: 1/4 of it

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

/// Bytes that slices and concatenations copy because they do not lie in place.
uint64_t copied_bytes(const inlay_graph& graph, const std::vector<uint32_t>& offsets) {
  const auto at = [&](int32_t t) { return uint64_t{offsets[static_cast<size_t>(t)]}; };
  uint64_t sum = 0;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    Pieces pieces(graph, node);
    for (Piece piece; pieces.next(&piece);) {
      const int32_t in = node.inputs[piece.input], out = node.outputs[0];
      const bool planned = at(in) != INLAY_NOT_PLANNED && at(out) != INLAY_NOT_PLANNED;
      if (!planned || at(in) + piece.from != at(out) + piece.at) sum += piece.bytes;
    }
  }
  return sum;
}

/// Puts the groups of a sharing, for each alignment: better in fewer bytes, or with fewer copies in at most `slack` bytes more.
void try_sharing(const View& view, const std::vector<PlanItem>& items, const Sharing& sharing, uint64_t slack, PlannedGraph* out) {
  const uint64_t bound = lower_bound(view.graph, items, sharing);
  // Cache lines first; 16 bytes, all that is promised, where the coarser grid costs memory.
  for (const uint32_t alignment : {64u, 16u}) {
    const Places placed = place_groups(items, sharing, alignment, bound);
    if (placed.bytes > out->bytes && placed.bytes - out->bytes > slack) continue;
    std::vector<uint32_t> offsets(items.size(), INLAY_NOT_PLANNED);
    for (size_t t = 0; t < items.size(); ++t) {
      if (!items[t].planned) continue;
      offsets[t] = static_cast<uint32_t>(placed.base[static_cast<size_t>(sharing.group[t])] + static_cast<uint64_t>(sharing.delta[t]));
    }
    if (placed.bytes >= out->bytes && copied_bytes(view.graph, offsets) >= copied_bytes(view.graph, out->offsets)) continue;
    out->bytes = placed.bytes;
    out->offsets = std::move(offsets);
    if (placed.bytes == bound) break;
  }
}

}  // namespace

PlannedGraph plan_graph(const Graph& from, Share most, const std::vector<int32_t>& until) {
  const View view(from);
  const size_t count = view.tensors.size();
  std::vector<PlanItem> items(count);
  plan_lifetimes(view.graph, items.data());
  for (size_t t = 0; t < until.size(); ++t) items[t].last = std::max(items[t].last, until[t]);
  PlannedGraph out;
  out.lower_bound_unshared = lower_bound(view.graph, items, share(view.graph, items, Share::kNothing));
  out.bytes = UINT64_MAX;
  // All the sharing there is makes the bound lowest, but less of it may be easier to pack.
  for (Share how = most;; how = static_cast<Share>(static_cast<int>(how) - 1)) {
    const Sharing sharing = share(view.graph, items, how);
    if (how == most) out.lower_bound = lower_bound(view.graph, items, sharing);
    try_sharing(view, items, sharing, 0, &out);
    if (how == Share::kNothing || out.bytes <= out.lower_bound + out.lower_bound / kGoodEnough) break;
  }
  // Where bytes are copied, another choice of what lies in place may do without, in about as little memory.
  if (most == Share::kInside && copied_bytes(view.graph, out.offsets) != 0)
    try_sharing(view, items, share(view.graph, items, Share::kInsideJoined), out.lower_bound / (until.empty() ? kGoodEnough : kForParts), &out);
  if (out.bytes == UINT64_MAX) throw Error("the activations of graph '" + from.name + "' need more than 4 GiB");
  out.lower_bound = std::min(out.lower_bound, out.bytes);  // choices among conflicting views are not always the best ones
  return out;
}

}  // namespace inlay::tools
