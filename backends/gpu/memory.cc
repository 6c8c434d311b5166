// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory.h"

#include <algorithm>

#include "planner/offsets.h"

namespace inlay::gpu {
namespace {

struct Offsets {
  std::vector<uint64_t> at;  ///< by tensor
  uint64_t bytes = UINT64_MAX;
};

/// Sharing places between tensors first; where that packs worse, without.
Offsets find_offsets(const inlay_graph& graph, const std::vector<PlanItem>& items, size_t alignment, uint64_t* bound) {
  Offsets out;
  for (const Share how : {Share::kSamePlace, Share::kNothing}) {
    const Sharing sharing = share(graph, items, how);
    const uint64_t least = lower_bound(graph, items, sharing);
    if (how == Share::kSamePlace) *bound = least;
    const Places placed = place_groups(items, sharing, static_cast<uint32_t>(alignment), least);
    if (placed.bytes >= out.bytes) continue;
    out.bytes = placed.bytes;
    out.at.assign(items.size(), 0);
    for (size_t t = 0; t < items.size(); ++t) {
      if (items[t].planned) out.at[t] = placed.base[static_cast<size_t>(sharing.group[t])];
    }
    if (out.bytes <= *bound) break;
  }
  return out;
}

}  // namespace

/// A node with a sum keeps its kind: no convolution may write over its inputs, what is added among them.
void SegmentGraph::take_nodes(const inlay_segment& segment, const std::vector<FusedSum>& sums) {
  const inlay_node* const all = segment.graph->nodes;
  wires_.reserve(sums.size());
  for (int32_t n = segment.first_node; n < segment.first_node + segment.node_count; ++n) {
    if (std::any_of(sums.begin(), sums.end(), [n](const FusedSum& sum) { return sum.add == n; })) continue;
    nodes_.push_back(all[n]);
    const auto sum = std::find_if(sums.begin(), sums.end(), [n](const FusedSum& s) { return s.node == n; });
    if (sum == sums.end()) continue;
    inlay_node& node = nodes_.back();
    wires_.emplace_back(node.inputs, node.inputs + node.input_count);
    wires_.back().push_back(sum->other);
    node.inputs = wires_.back().data();
    node.input_count = static_cast<decltype(node.input_count)>(wires_.back().size());
    node.outputs = all[sum->add].outputs;
  }
  graph.nodes = nodes_.data();
  graph.node_count = static_cast<int32_t>(nodes_.size());
}

SegmentGraph::SegmentGraph(const inlay_segment& segment, const std::vector<FusedSum>& sums) : graph(*segment.graph) {
  take_nodes(segment, sums);
  const auto count = static_cast<size_t>(graph.tensor_count);
  std::vector<bool> written(count), read(count), wanted(count);
  for (int32_t i = 0; i < segment.graph->output_count; ++i) wanted[static_cast<size_t>(segment.graph->outputs[i])] = true;
  for (int32_t n = 0; n < segment.graph->node_count; ++n) {
    const bool inside = n >= segment.first_node && n < segment.first_node + segment.node_count;
    const inlay_node& node = segment.graph->nodes[n];
    for (int32_t i = 0; i < node.input_count && !inside; ++i) {
      if (node.inputs[i] >= 0) wanted[static_cast<size_t>(node.inputs[i])] = true;
    }
  }
  for (const inlay_node& node : nodes_) {
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (node.inputs[i] < 0) continue;
      const auto t = static_cast<size_t>(node.inputs[i]);
      if (written[t] || read[t] || graph.tensors[t].data != nullptr) continue;
      read[t] = true;
      inputs.push_back(node.inputs[i]);
    }
    for (int32_t i = 0; i < node.output_count; ++i) {
      if (node.outputs[i] >= 0) written[static_cast<size_t>(node.outputs[i])] = true;
    }
  }
  for (size_t t = 0; t < count; ++t) {
    if (written[t] && wanted[t]) outputs.push_back(static_cast<int32_t>(t));
  }
  graph.inputs = inputs.data();
  graph.input_count = static_cast<int32_t>(inputs.size());
  graph.outputs = outputs.data();
  graph.output_count = static_cast<int32_t>(outputs.size());
}

Activations plan_activations(const Node& any, const SegmentGraph& segment, const std::function<bool(int32_t)>& outside) {
  const auto count = static_cast<size_t>(segment.graph.tensor_count);
  std::vector<PlanItem> items(count);
  plan_lifetimes(segment.graph, items.data());
  for (size_t t = 0; t < count; ++t) {
    if (!items[t].planned) continue;
    const inlay_tensor& tensor = segment.graph.tensors[t];
    if (tensor.dtype == INLAY_FLOAT32) items[t].bytes = tensor.bytes / 4 * any.element_bytes(tensor);
    if (outside(static_cast<int32_t>(t))) items[t].planned = false;
  }
  Activations out;
  const size_t alignment = any.caps->alignment;
  const Offsets offsets = find_offsets(segment.graph, items, alignment, &out.lower_bound);
  if (offsets.bytes == UINT64_MAX || offsets.bytes > any.caps->most_buffer) {
    throw Failure(INLAY_STATUS_OUT_OF_MEMORY, "the activations need " + std::to_string(out.lower_bound) +
                                                  " bytes in one piece, the device gives " +
                                                  std::to_string(any.caps->most_buffer) + "; place fewer ops there");
  }
  out.bytes = round_up(offsets.bytes, alignment);
  for (size_t t = 0; t < count; ++t)
    out.places.push_back({items[t].planned, items[t].planned ? offsets.at[t] : 0, items[t].bytes});
  return out;
}

size_t Constants::add(const void* data, size_t bytes) {
  for (size_t i = 0; i < items_.size(); ++i) {
    if (items_[i].data == data && items_[i].bytes == bytes) return i;
  }
  items_.push_back({data, bytes});
  return items_.size() - 1;
}

size_t Constants::add(std::vector<uint8_t> data) {
  kept_.push_back(std::move(data));
  items_.push_back({kept_.back().data(), kept_.back().size()});
  return items_.size() - 1;
}

void Constants::images(const Caps& caps, const std::function<void(const std::vector<uint8_t>&)>& upload) {
  std::vector<size_t> sizes(1, 0);
  for (const Item& item : items_) {
    if (item.bytes > caps.most_buffer) {
      throw Failure(INLAY_STATUS_OUT_OF_MEMORY,
                    "a constant of " + std::to_string(item.bytes) + " bytes is larger than the device's buffers");
    }
    if (sizes.back() + item.bytes > caps.most_buffer) sizes.push_back(0);
    places_.push_back({sizes.size() - 1, sizes.back(), item.bytes});
    sizes.back() = round_up(sizes.back() + std::max<size_t>(item.bytes, 1), caps.alignment);
  }
  for (size_t c = 0; c < sizes.size() && !items_.empty(); ++c) {
    std::vector<uint8_t> image(sizes[c]);
    for (size_t i = 0; i < items_.size(); ++i) {
      if (places_[i].image == c && items_[i].bytes != 0)
        std::memcpy(image.data() + places_[i].offset, items_[i].data, items_[i].bytes);
    }
    upload(image);
  }
  items_.clear();
  kept_.clear();
}

}  // namespace inlay::gpu
