// SPDX-License-Identifier: Apache-2.0
#include "tools/graph/passes.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tools/graph/op_call.h"

namespace inlay::tools {
namespace {

int32_t add(Graph& g, const char* name, std::vector<int32_t> shape = {}, const std::vector<float>& values = {}) {
  Tensor t;
  t.name = name;
  t.shape = std::move(shape);
  if (!values.empty()) {
    Bytes bytes(values.size() * sizeof(float));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    t.data = std::make_shared<const Bytes>(bytes);
  }
  return g.add(t);
}

void node(Graph& g, uint16_t kind, std::vector<int32_t> inputs, int32_t output, Params params = {}, uint8_t act = INLAY_ACT_NONE) {
  Node n;
  n.kind = kind;
  n.inputs = std::move(inputs);
  n.outputs = {output};
  n.params = params;
  n.activation = act;
  n.name = g.tensors[static_cast<size_t>(output)].name;
  g.nodes.push_back(n);
  infer_shapes(g, n);
}

Graph optimized(Graph g, std::vector<int32_t> inputs, std::vector<int32_t> outputs) {
  g.inputs = std::move(inputs);
  g.outputs = std::move(outputs);
  Model m;
  m.graphs.push_back(std::move(g));
  optimize(m);
  return m.graphs[0];
}

inlay_window window() {
  inlay_window w = {};
  w.stride_h = w.stride_w = w.dilation_h = w.dilation_w = w.filter_h = w.filter_w = w.groups = 1;
  return w;
}

TEST(Passes, FoldsConstants) {
  Graph g;
  const int32_t in = add(g, "in", {2}), a = add(g, "a", {2}, {1, 2}), b = add(g, "b", {2}, {10, 20});
  const int32_t sum = add(g, "sum"), out = add(g, "out");
  node(g, INLAY_OP_ADD, {a, b}, sum);
  node(g, INLAY_OP_ADD, {in, sum}, out);
  const Graph o = optimized(g, {in}, {out});
  ASSERT_EQ(o.nodes.size(), 1u);
  ASSERT_EQ(o.tensors.size(), 3u);  // in, out, then the constant
  float values[2];
  ASSERT_TRUE(o.tensors[2].is_constant());
  ASSERT_EQ(o.tensors[2].data->size(), sizeof(values));
  std::memcpy(values, o.tensors[2].data->data(), sizeof(values));
  EXPECT_EQ(values[1], 22.0f);
}

TEST(Passes, PadBiasAndReluMoveIntoTheConvolution) {
  Graph g;
  const int32_t in = add(g, "in", {1, 4, 4, 1}), w = add(g, "w", {2, 1, 1, 1}, {1, 2}), bias = add(g, "b", {1, 1, 1, 2}, {5, 6});
  const int32_t padded = add(g, "padded"), conv = add(g, "conv"), sum = add(g, "sum"), out = add(g, "out");
  inlay_pad pad = {};
  pad.before[1] = 1;
  pad.after[2] = 2;
  node(g, INLAY_OP_PAD, {in}, padded, pad);
  node(g, INLAY_OP_CONV_2D, {padded, w}, conv, window());
  node(g, INLAY_OP_ADD, {conv, bias}, sum);
  node(g, INLAY_OP_RELU, {sum}, out, {}, INLAY_ACT_RELU6);
  Graph o = optimized(g, {in}, {out});
  ASSERT_EQ(o.nodes.size(), 1u);
  const Node n = o.nodes[0];
  EXPECT_EQ(n.activation, INLAY_ACT_RELU6);
  ASSERT_EQ(n.inputs.size(), 3u);
  EXPECT_EQ(std::get<inlay_window>(n.params).pad_top, 1);
  EXPECT_EQ(std::get<inlay_window>(n.params).pad_right, 2);
  const auto id = static_cast<size_t>(o.outputs[0]);
  EXPECT_EQ(o.tensors[id].name, "out");
  infer_shapes(o, n);
  EXPECT_EQ(o.tensors[id].shape, (std::vector<int32_t>{1, 5, 6, 2}));
}

std::vector<float> floats(const Graph& g, int32_t id) {
  const Bytes& bytes = *g.tensors[static_cast<size_t>(id)].data;
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

TEST(Passes, ScaleAndOffsetPerChannelMoveIntoTheWeights) {
  // out = ((in * w + 10) * f + 5, 6), which is in * (w f) + (10 f + 5, 10 f + 6)
  for (const bool depthwise : {false, true}) {
    Graph g;
    const int32_t in = add(g, "in", {1, 2, 2, depthwise ? 2 : 1}), b = add(g, "b", {2}, {10, 20});
    const int32_t w = depthwise ? add(g, "w", {1, 1, 2, 2}, {1, 2, 3, 4}) : add(g, "w", {2, 1, 2, 1}, {1, 2, 3, 4});
    const int32_t f = add(g, "f", {1, 1, 2}, {2, -3}), plus = add(g, "plus", {2}, {5, 6});
    const int32_t conv = add(g, "conv"), product = add(g, "product"), sum = add(g, "sum"), out = add(g, "out");
    inlay_window w2 = window();
    w2.filter_w = 2;
    if (depthwise) w2.groups = 0;
    node(g, depthwise ? INLAY_OP_DEPTHWISE_CONV_2D : INLAY_OP_CONV_2D, {in, w, b}, conv, w2);
    node(g, INLAY_OP_MUL, {f, conv}, product);
    node(g, INLAY_OP_ADD, {product, plus}, sum);
    node(g, INLAY_OP_RELU, {sum}, out, {}, INLAY_ACT_RELU);
    const Graph o = optimized(g, {in}, {out});
    ASSERT_EQ(o.nodes.size(), 1u);
    EXPECT_EQ(o.nodes[0].activation, INLAY_ACT_RELU);
    const auto want = depthwise ? std::vector<float>{2, -6, 6, -12} : std::vector<float>{2, 4, -9, -12};
    EXPECT_EQ(floats(o, o.nodes[0].inputs[1]), want);
    EXPECT_EQ(floats(o, o.nodes[0].inputs[2]), (std::vector<float>{25, -54}));
  }
}

TEST(Passes, ScaleOfOneNumberMovesIntoAFullyConnected) {
  Graph g;
  const int32_t in = add(g, "in", {3, 2}), w = add(g, "w", {2, 2}, {1, 2, 3, 4}), f = add(g, "f", {}, {0.5f});
  const int32_t product = add(g, "product"), out = add(g, "out");
  node(g, INLAY_OP_FULLY_CONNECTED, {in, w}, product, inlay_matmul{});
  node(g, INLAY_OP_MUL, {product, f}, out, {}, INLAY_ACT_RELU6);
  const Graph o = optimized(g, {in}, {out});
  ASSERT_EQ(o.nodes.size(), 1u);
  EXPECT_EQ(o.nodes[0].activation, INLAY_ACT_RELU6);
  EXPECT_EQ(floats(o, o.nodes[0].inputs[1]), (std::vector<float>{0.5f, 1.0f, 1.5f, 2.0f}));
}

TEST(Passes, ScaleStaysBehindAnActivationOrASecondReader) {
  for (const bool clamped : {false, true}) {
    Graph g;
    const int32_t in = add(g, "in", {1, 2, 2, 1}), w = add(g, "w", {2, 1, 1, 1}, {1, 2}), f = add(g, "f", {2}, {2, 3});
    const int32_t conv = add(g, "conv"), out = add(g, "out");
    node(g, INLAY_OP_CONV_2D, {in, w}, conv, window(), clamped ? INLAY_ACT_RELU : INLAY_ACT_NONE);
    node(g, INLAY_OP_MUL, {conv, f}, out);
    std::vector<int32_t> outputs = {out};
    if (!clamped) outputs.push_back(conv);
    EXPECT_EQ(optimized(g, {in}, outputs).nodes.size(), 2u);
  }
}

TEST(Passes, ReluMovesIntoArithmetic) {
  for (const uint16_t kind : {INLAY_OP_ADD, INLAY_OP_SUB, INLAY_OP_MUL, INLAY_OP_DIV}) {
    Graph g;
    const int32_t in = add(g, "in", {2}), other = add(g, "other", {2}), result = add(g, "result"), out = add(g, "out");
    node(g, kind, {in, other}, result);
    node(g, INLAY_OP_RELU, {result}, out, {}, INLAY_ACT_RELU6);
    const Graph o = optimized(g, {in, other}, {out});
    ASSERT_EQ(o.nodes.size(), 1u);
    EXPECT_EQ(o.nodes[0].activation, INLAY_ACT_RELU6);
  }
}

TEST(Passes, ReluStaysBehindWhatTheCallerReads) {
  Graph g;
  const int32_t in = add(g, "in", {2}), sum = add(g, "sum"), out = add(g, "out");
  node(g, INLAY_OP_ADD, {in, in}, sum);
  node(g, INLAY_OP_RELU, {sum}, out, {}, INLAY_ACT_RELU);
  EXPECT_EQ(optimized(g, {in}, {out, sum}).nodes.size(), 2u);
}

TEST(Passes, ReluOfZeroToOneStaysAnOp) {  // no other op takes this activation
  Graph g;
  const int32_t in = add(g, "in", {2}), sum = add(g, "sum"), out = add(g, "out");
  node(g, INLAY_OP_ADD, {in, in}, sum);
  node(g, INLAY_OP_RELU, {sum}, out, {}, INLAY_ACT_RELU_0_TO_1);
  EXPECT_EQ(optimized(g, {in}, {out}).nodes.size(), 2u);
}

TEST(Passes, ScaleLeavesSharedWeightsAlone) {
  Graph g;
  const int32_t in = add(g, "in", {3, 2}), w = add(g, "w", {2, 2}, {1, 2, 3, 4}), f = add(g, "f", {}, {0.5f});
  const int32_t a = add(g, "a"), b = add(g, "b"), half = add(g, "half"), out = add(g, "out");
  node(g, INLAY_OP_FULLY_CONNECTED, {in, w}, a, inlay_matmul{});
  node(g, INLAY_OP_MUL, {a, f}, half);
  node(g, INLAY_OP_FULLY_CONNECTED, {half, w}, b, inlay_matmul{});
  node(g, INLAY_OP_LOGISTIC, {b}, out);
  EXPECT_EQ(optimized(g, {in}, {out}).nodes.size(), 4u);
}

TEST(Passes, UnreadCallsAndOwnOpsStay) {  // they may write variables, or do what the graph does not show
  for (const uint16_t kind : {INLAY_OP_IF, INLAY_OP_WHILE, INLAY_OP_CUSTOM}) {
    Graph g;
    const int32_t in = add(g, "in", {2}), unread = add(g, "unread", {2}), out = add(g, "out");
    node(g, INLAY_OP_LOGISTIC, {in}, out);
    Node n;
    n.kind = kind;
    n.inputs = {in};
    n.outputs = {unread};
    g.nodes.push_back(n);
    EXPECT_EQ(optimized(g, {in}, {out}).nodes.size(), 2u);
  }
}

TEST(Passes, PadOfAnotherValueStays) {
  Graph g;
  const int32_t in = add(g, "in", {1, 4, 4, 1}), w = add(g, "w", {1, 1, 1, 1}, {1}), padded = add(g, "padded"), out = add(g, "out");
  inlay_pad pad = {};
  pad.before[1] = 1;
  pad.value = 0x3f800000;  // 1.0f
  node(g, INLAY_OP_PAD, {in}, padded, pad);
  node(g, INLAY_OP_CONV_2D, {padded, w}, out, window());
  EXPECT_EQ(optimized(g, {in}, {out}).nodes.size(), 2u);
}

TEST(Passes, ReshapeChainsShortenAndOutputsKeepTheirNames) {
  Graph g;
  const int32_t in = add(g, "in", {2, 3}), a = add(g, "a"), b = add(g, "b"), sum = add(g, "sum"), out = add(g, "out");
  node(g, INLAY_OP_RESHAPE, {in}, a, inlay_dims{1, {6}});
  node(g, INLAY_OP_RESHAPE, {a}, b, inlay_dims{2, {2, 3}});
  node(g, INLAY_OP_ADD, {b, in}, sum);
  node(g, INLAY_OP_RESHAPE, {sum}, out, inlay_dims{2, {2, 3}});
  const Graph o = optimized(g, {in}, {out});
  ASSERT_EQ(o.nodes.size(), 1u);
  EXPECT_EQ(o.nodes[0].inputs, (std::vector<int32_t>{0, 0}));
  EXPECT_EQ(o.tensors[static_cast<size_t>(o.outputs[0])].name, "out");
}

TEST(Passes, IdentityBetweenInputAndOutputStays) {
  Graph g;
  const int32_t in = add(g, "in", {2}), out = add(g, "out");
  node(g, INLAY_OP_RESHAPE, {in}, out, inlay_dims{1, {2}});
  EXPECT_EQ(optimized(g, {in}, {out}).nodes.size(), 1u);
}

TEST(Passes, DeadNodesGoInputsStay) {
  Graph g;
  const int32_t in = add(g, "in", {2}), unused = add(g, "unused", {2}), dead = add(g, "dead"), out = add(g, "out");
  node(g, INLAY_OP_ADD, {in, in}, dead);
  node(g, INLAY_OP_LOGISTIC, {in}, out);
  const Graph o = optimized(g, {in, unused}, {out});
  EXPECT_EQ(o.nodes.size(), 1u);
  EXPECT_EQ(o.tensors.size(), 3u);
}

TEST(OpCall, RefusalNamesTheNode) {
  Graph g;
  const int32_t a = add(g, "a", {2}), b = add(g, "b", {3}), out = add(g, "out");
  try {
    node(g, INLAY_OP_ADD, {a, b}, out);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("ADD 'out'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace inlay::tools
