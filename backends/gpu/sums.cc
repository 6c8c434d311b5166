// SPDX-License-Identifier: Apache-2.0
#include "gpu/sums.h"

namespace inlay::gpu {
namespace {

/// Who reads and who writes each tensor, and so which ADD a node may do.
class SumFinder {
 public:
  explicit SumFinder(const inlay_segment& segment) : segment_(segment) {
    const inlay_graph& graph = *segment.graph;
    const auto count = static_cast<size_t>(graph.tensor_count);
    reads_.assign(count, 0);
    reader_.assign(count, -1);
    writer_.assign(count, -1);
    for (int32_t i = 0; i < graph.output_count; ++i) reads_[static_cast<size_t>(graph.outputs[i])] += 2;
    for (int32_t n = 0; n < graph.node_count; ++n) {
      const inlay_node& node = graph.nodes[n];
      for (int32_t i = 0; i < node.input_count; ++i) {
        if (node.inputs[i] < 0) continue;
        ++reads_[static_cast<size_t>(node.inputs[i])];
        reader_[static_cast<size_t>(node.inputs[i])] = n;
      }
      for (int32_t i = 0; i < node.output_count; ++i) {
        if (node.outputs[i] >= 0) writer_[static_cast<size_t>(node.outputs[i])] = n;
      }
    }
  }

  /// Whether there is an ADD that node `n` of the segment may do.
  bool find(int32_t n, FusedSum* sum) const {
    const inlay_graph& graph = *segment_.graph;
    const int32_t given = graph.nodes[n].outputs[0], m = reader_[static_cast<size_t>(given)];
    // Read twice, it is x + x, somebody else's input as well, or an output of the graph.
    if (reads_[static_cast<size_t>(given)] != 1 || m >= segment_.first_node + segment_.node_count) return false;
    const inlay_node& add = graph.nodes[m];
    if (add.kind != INLAY_OP_ADD || add.input_count != 2) return false;
    *sum = {n, m, add.inputs[add.inputs[0] == given ? 1 : 0]};
    const bool known = sum->other >= 0 && writer_[static_cast<size_t>(sum->other)] < n;
    return known && alike(given, sum->other) && alike(given, add.outputs[0]);
  }

  /// From now on the sum is there as soon as its node has run.
  void take(const FusedSum& sum) { writer_[static_cast<size_t>(segment_.graph->nodes[sum.add].outputs[0])] = sum.node; }

 private:
  /// Then nothing is broadcast, whatever the ranks.
  bool alike(int32_t a, int32_t b) const {
    const inlay_tensor &x = segment_.graph->tensors[a], &y = segment_.graph->tensors[b];
    return x.dtype == y.dtype && element_count(x) == element_count(y);
  }

  const inlay_segment& segment_;
  std::vector<int32_t> reads_;   ///< how often, by tensor; one that leaves the graph counts as read twice
  std::vector<int32_t> reader_;  ///< the last one
  std::vector<int32_t> writer_;  ///< -1: it is there from the beginning
};

}  // namespace

Plans plan_nodes(const inlay_segment& segment, const Caps& caps, const Op* (*find)(uint16_t kind),
                 const std::function<bool(const Node&, Recipe*)>& own) {
  const inlay_node* const nodes = segment.graph->nodes;
  const auto count = static_cast<size_t>(segment.node_count);
  Plans plans;
  plans.recipes.resize(count);
  std::vector<bool> done(count);
  const auto node_at = [&](int32_t n) { return Node{&segment, &nodes[n], &caps}; };
  const auto in_segment = [&](int32_t n) { return static_cast<size_t>(n - segment.first_node); };
  for (size_t i = 0; i < count && own; ++i) done[i] = own(node_at(segment.first_node + static_cast<int32_t>(i)), &plans.recipes[i]);
  SumFinder finder(segment);
  for (int32_t n = segment.first_node; n < segment.first_node + segment.node_count; ++n) {
    if (done[in_segment(n)]) continue;
    Recipe* const recipe = &plans.recipes[in_segment(n)];
    const Op& op = *find(nodes[n].kind);
    FusedSum sum = {};
    const bool found = op.plan_with_sum != nullptr && finder.find(n, &sum) && !done[in_segment(sum.add)];
    if (found && op.plan_with_sum(node_at(n), {node_at(sum.add), sum.other}, recipe)) {
      recipe->kernel += " + ADD";
      plans.recipes[in_segment(sum.add)].kernel = "fused";
      done[in_segment(sum.add)] = true;
      finder.take(sum);
      plans.sums.push_back(sum);
    } else {
      op.plan(node_at(n), recipe);
    }
  }
  return plans;
}

}  // namespace inlay::gpu
