// SPDX-License-Identifier: Apache-2.0
#include "attention.h"

#include <algorithm>
#include <cmath>

#include "ops/attention.h"

namespace inlay::cuda {
namespace {

/// Who reads and writes a tensor within a graph.
class Wires {
 public:
  explicit Wires(const inlay_segment& segment) : segment_(segment), readers_(count()), read_(count()), kept_(count()) {
    const inlay_graph& graph = *segment.graph;
    for (int32_t i = 0; i < graph.output_count; ++i) kept_[static_cast<size_t>(graph.outputs[i])] = true;
    for (int32_t n = 0; n < graph.node_count; ++n) {
      for (int32_t i = 0; i < graph.nodes[n].input_count; ++i) {
        const int32_t t = graph.nodes[n].inputs[i];
        if (t < 0) continue;
        readers_[static_cast<size_t>(t)] = n;
        ++read_[static_cast<size_t>(t)];
      }
    }
  }
  /// The one node that reads what node n writes, which lies in the segment, or -1.
  int32_t only_reader(int32_t n) const {
    const auto t = static_cast<size_t>(segment_.graph->nodes[n].outputs[0]);
    const int32_t reader = readers_[t];
    const bool inside = reader > n && reader < segment_.first_node + segment_.node_count;
    return inside && read_[t] == 1 && !kept_[t] ? reader : -1;
  }

 private:
  size_t count() const { return static_cast<size_t>(segment_.graph->tensor_count); }
  const inlay_segment& segment_;
  std::vector<int32_t> readers_, read_;
  std::vector<bool> kept_;
};

/// Walks along a chain.
struct Walk {
  const inlay_segment& segment;
  const Wires& wires;
  AttentionNodes found;
  int32_t now;

  const inlay_node& node() const { return segment.graph->nodes[now]; }
  const inlay_tensor& tensor(int32_t id) const { return segment.graph->tensors[id]; }
  bool is(uint16_t kind) const {
    const bool own_choice = segment.variants == nullptr || segment.variants[now] == 0;
    return node().kind == kind && own_choice && node().activation == INLAY_ACT_NONE && tensor(node().outputs[0]).dtype == INLAY_FLOAT32;
  }
  /// Goes on to the one node that reads the result.
  bool advance() {
    found.nodes.push_back(now);
    now = wires.only_reader(now);
    return now >= 0;
  }
  /// The input of a node of two that is not the chain's.
  int32_t other_input() const {
    const int32_t before = segment.graph->nodes[found.nodes.back()].outputs[0];
    return node().inputs[0] == before ? node().inputs[1] : node().inputs[0];
  }
  /// What broadcasts to the scores, and not the other way round.
  bool keeps_shape() const {
    const inlay_tensor &in = tensor(segment.graph->nodes[found.nodes.back()].outputs[0]), &out = tensor(node().outputs[0]);
    return in.rank == out.rank && std::equal(in.dims, in.dims + in.rank, out.dims);
  }

  bool take_factor() {
    const inlay_tensor& t = tensor(other_input());
    if (!keeps_shape() || !gpu::is_constant(&t) || element_count(t) != 1) return false;
    found.factor = *static_cast<const float*>(t.data);
    return std::isfinite(found.factor) && advance();
  }
  bool take_mask() {
    if (!keeps_shape()) return false;
    found.mask = other_input();
    return advance();
  }
  bool take_softmax() {
    found.beta = static_cast<const inlay_scalars*>(node().params)->alpha;
    return std::isfinite(found.beta) && found.beta > 0.0f && advance();
  }
  /// From the first product to the last.
  bool take_all() {
    if (!is(INLAY_OP_BATCH_MATMUL) || !advance()) return false;
    if (is(INLAY_OP_MUL) && !take_factor()) return false;
    if (is(INLAY_OP_ADD) && !take_mask()) return false;
    if (!is(INLAY_OP_SOFTMAX) || !take_softmax()) return false;
    const auto* params = static_cast<const inlay_matmul*>(node().params);
    if (!is(INLAY_OP_BATCH_MATMUL) || params->transpose_a != 0) return false;
    const int32_t weights = segment.graph->nodes[found.nodes.back()].outputs[0];
    if (node().inputs[0] != weights || node().inputs[1] == weights) return false;
    found.nodes.push_back(now);
    return true;
  }
};

}  // namespace

AttentionChains::AttentionChains(const inlay_segment& segment, const Caps& caps, const std::vector<FusedSum>& sums) : graph_(segment.graph) {
  const Wires wires(segment);
  const auto is_summed = [&sums](int32_t n) { return std::any_of(sums.begin(), sums.end(), [n](const FusedSum& s) { return s.add == n; }); };
  for (int32_t n = segment.first_node; n < segment.first_node + segment.node_count; ++n) {
    Walk walk = {segment, wires, {{}, -1, 1.0f, 1.0f}, n};
    if (!walk.take_all() || std::any_of(walk.found.nodes.begin(), walk.found.nodes.end(), is_summed)) continue;
    const Node first = {&segment, &graph_->nodes[n], &caps}, last = {&segment, &graph_->nodes[walk.now], &caps};
    if (suits_attention(first, last, walk.found.mask)) chains_.push_back(walk.found);
  }
}

void AttentionChains::merge(inlay_graph* graph) {
  if (chains_.empty()) return;
  const auto writes = [this](const inlay_node& node, int32_t of) { return node.outputs[0] == graph_->nodes[of].outputs[0]; };
  merged_.assign(graph->nodes, graph->nodes + graph->node_count);
  wires_.reserve(chains_.size());
  for (const AttentionNodes& chain : chains_) {
    const inlay_node &first = graph_->nodes[chain.nodes.front()], &last = graph_->nodes[chain.nodes.back()];
    wires_.push_back({first.inputs[0], first.inputs[1], last.inputs[1]});
    if (chain.mask >= 0) wires_.back().push_back(chain.mask);
    const auto inner = [&](const inlay_node& node) {
      return std::any_of(chain.nodes.begin(), chain.nodes.end() - 1, [&](int32_t n) { return writes(node, n); });
    };
    merged_.erase(std::remove_if(merged_.begin(), merged_.end(), inner), merged_.end());
    for (inlay_node& node : merged_) {
      if (!writes(node, chain.nodes.back())) continue;
      node.inputs = wires_.back().data();
      node.input_count = static_cast<decltype(node.input_count)>(wires_.back().size());
    }
  }
  graph->nodes = merged_.data();
  graph->node_count = static_cast<int32_t>(merged_.size());
}

void AttentionChains::plan(const inlay_segment& segment, const Caps& caps, std::vector<Recipe>* recipes) const {
  for (const AttentionNodes& chain : chains_) {
    const auto recipe_of = [&](int32_t n) -> Recipe& { return (*recipes)[static_cast<size_t>(n - segment.first_node)]; };
    for (const int32_t n : chain.nodes) recipe_of(n) = {{}, "fused"};
    const int32_t last = chain.nodes.back();
    const Node scores = {&segment, &graph_->nodes[chain.nodes.front()], &caps}, answers = {&segment, &graph_->nodes[last], &caps};
    plan_attention(scores, answers, chain.mask, chain.factor, chain.beta, &recipe_of(last));
  }
}

}  // namespace inlay::cuda
