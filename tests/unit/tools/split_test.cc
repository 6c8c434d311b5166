// SPDX-License-Identifier: Apache-2.0
// Ops in parts give the bits of the whole op: halos, strides, dilation, pads, features; and what cannot be split says why.
#include "tools/split/stored.h"

#include "split_bounds.h"

namespace inlay::tools {
namespace {

TEST(Split, WindowsOfAllKindsGiveTheSameBits) {
  int made = 0;
  for (const int32_t height : {2, 3, 5, 8}) {
    for (const WindowSpec w : {WindowSpec{1, 1, 1, true}, {3, 1, 1, true}, {3, 2, 1, true}, {2, 1, 1, false}, {2, 2, 1, false},
                               {3, 1, 2, true}, {2, 1, 3, true}, {1, 2, 1, false}, {5, 1, 1, true}, {2, 3, 1, true}}) {
      if (!w.same && height < (w.filter - 1) * w.dilation + 1 + w.stride) continue;
      for (int kind = 0; kind < 4; ++kind) {
        if (kind >= 2 && w.dilation > 1) continue;
        SCOPED_TRACE(testing::Message() << height << " rows, filter " << w.filter << ", stride " << w.stride << ", dilation "
                                        << w.dilation << ", same " << w.same << ", kind " << kind);
        Net net(7);
        const int32_t in = net.input({1, height, 4, 3});
        const int32_t out = kind == 0   ? net.conv(in, 5, w)
                            : kind == 1 ? net.depthwise(in, w)
                                        : net.pool(in, kind == 2 ? INLAY_OP_AVERAGE_POOL_2D : INLAY_OP_MAX_POOL_2D, w);
        if (net.shape(out)[1] < 2) continue;
        made += try_all_bounds(net.finish({out}), {0});
      }
    }
  }
  EXPECT_GT(made, 300);
}

TEST(Split, OtherAxes) {
  Net images(3);  // the images of a batch
  EXPECT_EQ(try_all_bounds(images.finish({images.conv(images.input({3, 4, 4, 2}), 3)}), {0}), 3);
  Net line(4);  // one row: columns
  EXPECT_EQ(try_all_bounds(line.finish({line.depthwise(line.conv(line.input({1, 1, 6, 2}), 3))}), {0, 1}), 6);
  Net features(5);  // one pixel: features
  EXPECT_EQ(try_all_bounds(features.finish({features.conv(features.input({1, 3, 3, 4}), 6, {3, 1, 1, false})}), {0}), 6);
  Net dense(6);
  EXPECT_EQ(try_all_bounds(dense.finish({dense.unary(dense.dense(dense.input({1, 9}), 5), INLAY_OP_LOGISTIC)}), {0, 1}), 5);
  Net rows(8);
  EXPECT_EQ(try_all_bounds(rows.finish({rows.softmax(rows.dense(rows.input({4, 9}), 5))}), {0, 1}), 4);
  Net matmul(9);
  const int32_t a = matmul.input({1, 4, 6}), b = matmul.input({1, 5, 6});
  EXPECT_EQ(try_all_bounds(matmul.finish({matmul.matmul(a, b)}), {0}), 4);
  Net columns(10);
  const int32_t c = columns.input({1, 1, 6}), d = columns.input({1, 5, 6});
  EXPECT_EQ(try_all_bounds(columns.finish({columns.matmul(c, d)}), {0}), 5);
}

/// A stem and a residual block, whose input two of its ops read.
Model residual(int32_t height, int32_t width = 5) {
  Net net(11);
  const int32_t x = net.conv(net.input({1, height, width, 3}), 4);
  const int32_t y = net.conv(net.depthwise(net.conv(x, 6)), 4, {1, 1, 1, true}, INLAY_ACT_NONE);
  const int32_t z = net.add(x, y);
  return net.finish({net.pool(net.pad(net.join(z, net.unary(z, INLAY_OP_HARD_SWISH), 3), 1, 2), INLAY_OP_MAX_POOL_2D, {3, 2, 1, false})});
}

TEST(Split, ChainsAndBlocksShareASplit) {
  const Model model = residual(9);
  EXPECT_EQ(try_all_bounds(model, {1, 2, 3, 4}), 9);
  EXPECT_EQ(try_all_bounds(model, {0, 1, 2, 3, 4}), 9);
  EXPECT_EQ(try_all_bounds(model, {5, 6}), 9);
  EXPECT_GT(try_all_bounds(model, {0, 1, 2, 3, 4, 5, 6, 7, 8}), 3);
  EXPECT_EQ(try_all_bounds(residual(2), {1, 2, 3, 4}), 1);
}

TEST(Split, PartsKeepTheNameAndTheShape) {
  const Model model = residual(9);
  const Split split = parse_split(model.graphs[0], "op1..op4=1,2@opencl,builtin");
  EXPECT_EQ(split.nodes, (std::vector<int32_t>{1, 2, 3, 4}));
  EXPECT_EQ(split.bounds, (std::vector<int32_t>{0, 3, 9}));
  std::vector<PartOrigin> origins;
  const Model made = split_model(model, {split}, &origins);
  const Graph& g = made.graphs[0];
  ASSERT_EQ(g.nodes.size(), origins.size());
  for (size_t n = 1; n < 5; ++n) EXPECT_EQ(origins[n].kind, Step::kSlice) << n;  // views before all parts
  EXPECT_EQ(g.nodes[5].name, "op1 [0:4 of 9]");  // a row of halo
  EXPECT_EQ(g.nodes[6].name, "op2 [0:3 of 9]");
  EXPECT_EQ(tensor_at(g, g.nodes[7].outputs[0]).shape, (std::vector<int32_t>{1, 3, 5, 4}));
  EXPECT_EQ(split_lines(made.metadata), std::vector<std::string>{"op 1 (CONV_2D) to 4 (ADD): rows 0:3 on opencl, 3:9 on builtin"});
  EXPECT_THROW(split_model(made, {split}, &origins), Error);
  const Placement placed = placement_by_hand(g, {split}, origins);
  EXPECT_EQ(placed.devices, (std::vector<std::string>{"builtin", "opencl"}));
  EXPECT_EQ(placed.placed[0], 255);
  EXPECT_EQ(placed.devices[placed.placed[5]], "opencl");
}

/// On shared memory a split copies nothing: every slice lies in its input, every part in the joined output. What a device beside the host
/// touches keeps its bytes until the join.
TEST(Split, SlicesAndJoinsAreViews) {
  for (const int32_t height : {16, 31}) {
    const Model model = residual(height, 40);
    const Graph& g = model.graphs[0];
    std::vector<PartOrigin> origins;
    const Split chain = {{1, 2, 3, 4}, {0, height / 3, height}, {"away", "builtin"}}, tail = {{5, 6, 7, 8}, {0, 2, extent_of(g, 8)}, {"away", "builtin"}};
    const Model made = split_model(model, {chain, tail}, &origins);
    const OpenedModel opened(made, {placement_by_hand(made.graphs[0], {chain, tail}, origins)});
    const inlay_graph& graph = *inlay_model_graph(opened.get(), 0);
    const uint32_t* offsets = inlay_model_offsets(opened.get(), 0);
    int views = 0;
    for (int32_t n = 0; n < graph.node_count; ++n) {
      const inlay_node& node = graph.nodes[n];
      if (node.kind == INLAY_OP_SLICE) {
        const auto* slice = static_cast<const inlay_slice*>(node.params);
        const inlay_tensor& in = graph.tensors[node.inputs[0]];
        const size_t row = in.bytes / static_cast<size_t>(in.dims[1]);
        EXPECT_EQ(offsets[node.outputs[0]], offsets[node.inputs[0]] + row * static_cast<size_t>(slice->begin[1])) << node.name;
        ++views;
      }
      if (origins[static_cast<size_t>(n)].kind != Step::kJoin) continue;
      size_t at = offsets[node.outputs[0]];
      for (int32_t i = 0; i < node.input_count; ++i) {
        EXPECT_EQ(offsets[node.inputs[i]], at) << node.name << ", part " << i;
        at += graph.tensors[node.inputs[i]].bytes;
        ++views;
      }
    }
    EXPECT_GE(views, 8);
  }
}

TEST(Split, SaysWhyNot) {
  const Model model = residual(9);
  const Graph& g = model.graphs[0];
  const auto why = [&](std::vector<int32_t> nodes, std::vector<int32_t> bounds) { return refusal(g, {std::move(nodes), std::move(bounds)}); };
  EXPECT_EQ(why({1}, {0, 9}), "a split needs two parts or more, and all rows");
  EXPECT_EQ(why({1}, {0, 4, 8}), "a split needs two parts or more, and all rows");
  EXPECT_EQ(why({1}, {0, 4, 4, 9}), "a part of op 1 (op1) has no rows");
  EXPECT_EQ(why({0, 1}, {0, 4, 9}), "op 0 (op0) is read outside of the split, by op 4 (op4)");
  EXPECT_EQ(why({99}, {0, 4, 9}), "the split names no op of the model");
  EXPECT_EQ(why({1, 3}, {0, 4, 9}), "op 1 (op1) is read outside of the split, by op 2 (op2)");
  Net net(12);
  const int32_t flat = net.reshape(net.input({1, 3, 3, 2}), {1, 18});
  const Model dense = net.finish({net.softmax(net.dense(flat, 4))});
  EXPECT_EQ(refusal(dense.graphs[0], {{0}, {0, 9, 18}}), "op 0 (op0) cannot be split: its rows are not those of its input");
  EXPECT_EQ(refusal(dense.graphs[0], {{2}, {0, 2, 4}}), "op 2 (op2) cannot be split: each of its outputs needs the whole row");
  Net pooled(13);
  const Model global = pooled.finish({pooled.pool(pooled.depthwise(pooled.input({1, 3, 3, 4})), INLAY_OP_AVERAGE_POOL_2D, {3, 1, 1, false})});
  EXPECT_EQ(refusal(global.graphs[0], {{1}, {0, 2, 4}}), "op 1 (op1) cannot be split: the range of an input is not one run of bytes");
  for (const char* text : {"op1", "op1=", "=1,1", "op1=1,x", "op1=1,0", "op1=1,1@a", "op9..op1=1,1", "op77=1,1", "op1=1,1@a,b@c", "op4..op1=1,1",
                           "op1=nan,1", "op1=1", "99=1,1"}) {
    EXPECT_THROW(parse_split(g, text), Error) << text;
  }
}

TEST(Split, FloatsThatAreQuantizedByTheImageStayWhole) {
  Net net(14);
  const int32_t in = net.input({1, 4, 4, 2});
  Model model = net.finish({net.conv(in, 3)});
  for (const int32_t t : {in, model.graphs[0].outputs[0]}) {
    tensor_at(model.graphs[0], t).dtype = INLAY_FLOAT32;
    tensor_at(model.graphs[0], t).quant = {};
  }
  EXPECT_EQ(refusal(model.graphs[0], {{0}, {0, 2, 4}}), "op 0 (op0) cannot be split: its input is quantized by the whole image");
}

}  // namespace
}  // namespace inlay::tools
