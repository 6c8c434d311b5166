// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tools/graph/op_call.h"
#include "tools/graph/passes.h"

namespace inlay::tools {
namespace {

/// A chain of nodes from one float input of a shape, optimized.
class Chain {
 public:
  explicit Chain(std::vector<int32_t> shape) : last_(add(std::move(shape))) { graph_.inputs = {last_}; }

  Chain& then(uint16_t kind, Params params = {}) {
    Node n;
    n.kind = kind;
    n.inputs = {last_};
    n.outputs = {last_ = add({})};
    n.params = std::move(params);
    infer_shapes(graph_, n);
    graph_.nodes.push_back(n);
    return *this;
  }
  Chain& transpose(inlay_dims order) { return then(INLAY_OP_TRANSPOSE, order); }
  /// The chain with a LOGISTIC before and behind it, so that identities may vanish.
  Graph optimized() {
    then(INLAY_OP_LOGISTIC);
    graph_.outputs = {last_};
    Model m;
    m.graphs.push_back(graph_);
    optimize(m);
    return m.graphs[0];
  }

 private:
  int32_t add(std::vector<int32_t> shape) {
    Tensor t;
    t.name = "t" + std::to_string(graph_.tensors.size());
    t.shape = std::move(shape);
    return graph_.add(t);
  }
  Graph graph_;
  int32_t last_;
};

Chain chain(std::vector<int32_t> shape) { return Chain(std::move(shape)).then(INLAY_OP_LOGISTIC); }

TEST(PassesMove, TransposeOfOnesBecomesReshape) {
  const Graph g = chain({1, 5, 1, 3}).transpose({4, {1, 0, 3, 2}}).optimized();
  ASSERT_EQ(g.nodes.size(), 3u);
  ASSERT_EQ(g.nodes[1].kind, INLAY_OP_RESHAPE);
  EXPECT_EQ(std::get<inlay_dims>(g.nodes[1].params).dims[0], 5);
  EXPECT_EQ(std::get<inlay_dims>(g.nodes[1].params).dims[2], 3);
}

TEST(PassesMove, TransposeOfASquareStays) {
  const Graph g = chain({3, 3}).transpose({2, {1, 0}}).optimized();
  ASSERT_EQ(g.nodes.size(), 3u);
  EXPECT_EQ(g.nodes[1].kind, INLAY_OP_TRANSPOSE);
}

TEST(PassesMove, TransposesCompose) {
  const Graph g = chain({2, 3, 4}).transpose({3, {1, 2, 0}}).transpose({3, {1, 2, 0}}).optimized();
  ASSERT_EQ(g.nodes.size(), 3u);
  const auto& order = std::get<inlay_dims>(g.nodes[1].params);
  EXPECT_EQ(order.dims[0], 2);
  EXPECT_EQ(order.dims[1], 0);
  EXPECT_EQ(order.dims[2], 1);
}

TEST(PassesMove, ThereAndBackVanishes) {
  EXPECT_EQ(chain({2, 3, 4, 5}).transpose({4, {0, 3, 1, 2}}).transpose({4, {0, 2, 3, 1}}).optimized().nodes.size(), 2u);
}

TEST(PassesMove, WholeSliceTileAndBroadcastVanish) {
  const inlay_slice whole = {{0, 0}, {2, 3}, {1, 1}};
  Chain c = chain({2, 3});
  c.then(INLAY_OP_SLICE, whole).then(INLAY_OP_TILE, inlay_dims{2, {1, 1}}).then(INLAY_OP_BROADCAST_TO, inlay_dims{2, {2, 3}});
  EXPECT_EQ(c.optimized().nodes.size(), 2u);
}

TEST(PassesMove, BackwardsSliceStays) {
  const inlay_slice back = {{0, 2}, {2, 3}, {1, -1}};
  EXPECT_EQ(chain({2, 3}).then(INLAY_OP_SLICE, back).optimized().nodes.size(), 3u);
}

}  // namespace
}  // namespace inlay::tools
