// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tools/graph/passes.h"

namespace inlay::tools {
namespace {

struct Geometry {
  int32_t size = 8, block = 2, pad = 2, crop = 0, stride = 1;
  bool second_reader = false;
};

int32_t add(Graph* graph, std::vector<int32_t> shape, bool constant = false) {
  Tensor t;
  t.name = "t" + std::to_string(graph->tensors.size());
  t.dtype = INLAY_FLOAT32;
  size_t bytes = 4;
  for (const int32_t d : shape) bytes *= static_cast<size_t>(d);
  if (constant) t.data = std::make_shared<const Bytes>(Bytes(bytes));
  t.shape = std::move(shape);
  return graph->add(t);
}

void add_node(Graph* graph, uint16_t kind, std::vector<int32_t> inputs, int32_t output, Params params) {
  Node n;
  n.kind = kind;
  n.inputs = std::move(inputs);
  n.outputs = {output};
  n.params = std::move(params);
  graph->nodes.push_back(n);
}

/// SPACE_TO_BATCH_ND, a 3x3 convolution, BATCH_TO_SPACE_ND.
Graph three_ops(const Geometry& g) {
  Graph graph;
  const int32_t phase = (g.size + 2 * g.pad) / g.block, inner = (phase - 3) / g.stride + 1, out = inner * g.block - 2 * g.crop;
  const int32_t x = add(&graph, {1, g.size, g.size, 2});
  const int32_t w = add(&graph, {3, 3, 3, 2}, true);
  const int32_t split = add(&graph, {g.block * g.block, phase, phase, 2});
  const int32_t mixed = add(&graph, {g.block * g.block, inner, inner, 3});
  const int32_t y = add(&graph, {1, out, out, 3});
  graph.inputs = {x};
  graph.outputs = {y};
  if (g.second_reader) graph.outputs.push_back(mixed);
  add_node(&graph, INLAY_OP_SPACE_TO_BATCH_ND, {x}, split, inlay_block_params{g.block, g.block, g.pad, g.pad, g.pad, g.pad});
  add_node(&graph, INLAY_OP_CONV_2D, {split, w}, mixed, inlay_window{g.stride, g.stride, 1, 1, 0, 0, 0, 0, 3, 3, 1});
  add_node(&graph, INLAY_OP_BATCH_TO_SPACE_ND, {mixed}, y, inlay_block_params{g.block, g.block, g.crop, g.crop, g.crop, g.crop});
  fuse_dilation(graph);
  return graph;
}

TEST(PassesDilate, ThreeOpsBecomeOne) {
  Geometry g;
  for (const int32_t crop : {0, 1, 2}) {
    g.crop = crop;
    const Graph graph = three_ops(g);
    ASSERT_EQ(graph.nodes.size(), 1u) << crop;
    const auto& w = std::get<inlay_window>(graph.nodes[0].params);
    EXPECT_EQ(w.dilation_h, 2);
    EXPECT_EQ(w.dilation_w, 2);
    EXPECT_EQ(w.pad_top, 2 - crop);
    EXPECT_EQ(w.pad_right, 2 - crop);
    EXPECT_EQ(graph.nodes[0].inputs[0], graph.inputs[0]);
    EXPECT_EQ(graph.nodes[0].outputs[0], graph.outputs[0]);
  }
}

TEST(PassesDilate, StaysWhereTheAnswerWouldDiffer) {
  Geometry strided, cropped, read;
  strided.stride = 2;
  cropped.crop = 3;  // more than was padded
  cropped.size = 12;
  read.second_reader = true;
  for (const Geometry& g : {strided, cropped, read}) EXPECT_EQ(three_ops(g).nodes.size(), 3u);
}

}  // namespace
}  // namespace inlay::tools
