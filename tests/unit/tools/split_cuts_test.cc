// SPDX-License-Identifier: Apache-2.0
// Parts by pixels and by features, of resizes, transposed convolutions, reductions and moves: the bits of the whole op.
#include <array>

#include "split_bounds.h"
#include "tools/tune/signature.h"

namespace inlay::tools {
namespace {

std::string refused_for(const Model& model, std::vector<int32_t> nodes, std::vector<int32_t> bounds, Cut cut = Cut::kRows) {
  return refusal(model.graphs[0], {std::move(nodes), std::move(bounds), {}, cut});
}

TEST(SplitCuts, PixelsOfChainsThatSeeOnePixel) {
  Net net(1);
  const int32_t x = net.conv(net.input({1, 3, 5, 4}), 6, {1, 1, 1, true});
  const int32_t y = net.add(x, net.conv(net.unary(x, INLAY_OP_HARD_SWISH), 6, {1, 1, 1, true}, INLAY_ACT_NONE));
  const Model model = net.finish({net.softmax(net.join(x, y, 3))});
  EXPECT_EQ(try_all_bounds(model, {0}, Cut::kPixels), 15);
  EXPECT_EQ(try_all_bounds(model, {1, 2, 3}, Cut::kPixels), 15);
  EXPECT_EQ(try_all_bounds(model, {0, 1, 2, 3, 4, 5}, Cut::kPixels), 15);
  std::vector<PartOrigin> origins;
  const Model made = split_model(model, {{{1, 2, 3}, {0, 7, 15}, {}, Cut::kPixels}}, &origins);
  EXPECT_EQ(split_lines(made.metadata), std::vector<std::string>{"op 1 (HARD_SWISH) to 3 (ADD): pixels 0:7, 7:15"});
  const OpenedModel opened(made);  // all of them are views
  for (int32_t n = 0; n < main_graph(opened.get()).node_count; ++n) {
    const Step::Kind kind = origins[static_cast<size_t>(n)].kind;
    EXPECT_TRUE(kind == Step::kPart || kind == Step::kWhole || is_view(opened.get(), n)) << n;
  }
}

TEST(SplitCuts, PixelsBesideOthersAreRefused) {
  Net net(2);
  const int32_t x = net.input({1, 3, 4, 2});
  const Model model = net.finish({net.depthwise(x), net.conv(x, 3, {3, 1, 1, true}), net.pad(x, 1, 1), net.conv(x, 2, {1, 2, 1, true})});
  EXPECT_EQ(refused_for(model, {0}, {0, 5, 12}, Cut::kPixels), "op 0 (op0) cannot be split: it looks at more than one pixel");
  EXPECT_EQ(refused_for(model, {1}, {0, 5, 12}, Cut::kPixels), "op 1 (op1) cannot be split: it looks at more than one pixel");
  EXPECT_EQ(refused_for(model, {2}, {0, 9, 25}, Cut::kPixels), "op 2 (op2) cannot be split: its pixels are not those of its input");
  EXPECT_EQ(refused_for(model, {3}, {0, 1, 4}, Cut::kPixels), "op 3 (op3) cannot be split: it looks at more than one pixel");
  Net line(3);
  const Model row = line.finish({line.conv(line.input({1, 1, 6, 2}), 3, {1, 1, 1, true})});
  EXPECT_EQ(refused_for(row, {0}, {0, 1, 6}, Cut::kPixels), "op 0 (op0) has no pixels beside its rows");
}

TEST(SplitCuts, FeaturesAreJoinedByACopy) {
  Net net(4);
  const int32_t x = net.conv(net.input({1, 4, 5, 6}), 7, {1, 1, 1, true});
  const int32_t y = net.pool(net.depthwise(x), INLAY_OP_MAX_POOL_2D, {2, 1, 1, true});
  const int32_t z = net.resize(net.unary(y, INLAY_OP_LOGISTIC), INLAY_OP_RESIZE_BILINEAR, 7, 11, 2);
  const Model model = net.finish({net.conv(z, 5)});
  EXPECT_EQ(try_all_bounds(model, {0}, Cut::kFeatures), 7);
  EXPECT_EQ(try_all_bounds(model, {0, 1, 2, 3, 4}, Cut::kFeatures), 7);
  EXPECT_EQ(try_all_bounds(model, {5}, Cut::kFeatures), 5);
  EXPECT_EQ(refused_for(model, {1}, {0, 3, 7}, Cut::kFeatures), "op 1 (op1) cannot be split: the range of an input is not one run of bytes");
  EXPECT_EQ(refused_for(model, {4, 5}, {0, 3, 5}, Cut::kFeatures), "op 5 (op5) reads the whole output of op 4 (op4)");
  Net rows(5);
  const int32_t in = rows.input({3, 8});
  EXPECT_EQ(try_all_bounds(rows.finish({rows.dense(in, 6)}), {0}, Cut::kFeatures), 6);
}

TEST(SplitCuts, APoolOfTheWholeImageJoinsFeaturesAsAView) {
  for (const bool mean : {false, true}) {
    Net net(6);
    const int32_t x = net.conv(net.input({1, 3, 3, 4}), 8, {1, 1, 1, true});
    const int32_t y = mean ? net.reduce(x, INLAY_OP_MEAN, 6, true) : net.pool(x, INLAY_OP_AVERAGE_POOL_2D, {3, 1, 1, false});
    EXPECT_EQ(try_all_bounds(net.finish({y}), {0, 1}), 8);
  }
}

TEST(SplitCuts, RowsOfResizes) {
  int made = 0, refused = 0;
  for (const uint16_t kind : {INLAY_OP_RESIZE_BILINEAR, INLAY_OP_RESIZE_NEAREST_NEIGHBOR}) {
    for (int32_t spec = 0; spec < 3; ++spec) {
      for (const auto& [from, to] : {std::pair{4, 8}, {5, 20}, {3, 3}, {1, 6}, {5, 33}, {9, 65}, {5, 7}, {6, 3}, {4, 12}}) {
        SCOPED_TRACE(testing::Message() << "kind " << kind << ", spec " << spec << ", " << from << " to " << to);
        Net net(7);
        const Model model = net.finish({net.resize(net.input({1, from, 3, 2}), kind, to, 5, spec)});
        const std::string refusal = refused_for(model, {0}, {0, to / 2, to});
        refused += refusal.empty() ? 0 : 1;
        if (refusal.empty())
          made += try_all_bounds(model, {0});
        else
          EXPECT_EQ(refusal, "op 0 (op0) cannot be split: its rows have other coordinates in a smaller image");
      }
    }
  }
  EXPECT_GT(made, 300);
  EXPECT_GT(refused, 10);
}

TEST(SplitCuts, RowsOfAResizeBetweenConvolutions) {
  for (int32_t spec = 0; spec < 3; ++spec) {
    Net net(8);
    const int32_t x = net.resize(net.conv(net.input({1, 5, 4, 3}), 4), INLAY_OP_RESIZE_BILINEAR, spec == 1 ? 9 : 10, 8, spec);
    EXPECT_EQ(try_all_bounds(net.finish({net.conv(x, 3)}), {0, 1, 2}), spec == 1 ? 9 : 10);
  }
}

TEST(SplitCuts, TransposedConvolutions) {
  int made = 0;
  for (const auto& [filter, stride, before, after] : {std::array{2, 2, 0, 0}, {3, 2, 0, 1}, {4, 2, 1, 1}, {3, 1, 1, 1}, {1, 2, 0, 0}, {3, 3, 0, 0},
                                                      {2, 3, 0, 0}, {5, 2, 2, 1}}) {
    SCOPED_TRACE(testing::Message() << "filter " << filter << ", stride " << stride << ", pads " << before << " and " << after);
    Net net(9);
    const Model model = net.finish({net.transpose_conv(net.input({1, 4, 3, 3}), 4, filter, stride, before, after)});
    for (int32_t at = 1; at < extent_of(model.graphs[0], 0); ++at) {
      const std::string refused = refused_for(model, {0}, {0, at, extent_of(model.graphs[0], 0)});
      if (!refused.empty()) {
        EXPECT_EQ(refused, "op 0 (op0) cannot be split: a part would have pixels of the bias alone");
        continue;
      }
      std::vector<PartOrigin> origins;
      const Split split = {{0}, {0, at, extent_of(model.graphs[0], 0)}};
      EXPECT_EQ(builtin_answers(split_model(model, {split}, &origins)), builtin_answers(model)) << at;
      ++made;
    }
    made += try_all_bounds(model, {0}, Cut::kFeatures);
  }
  EXPECT_GT(made, 70);
}

TEST(SplitCuts, ReductionsAndMoves) {
  Net net(10);
  const int32_t x = net.input({1, 6, 4, 8});
  const int32_t mean = net.reduce(x, INLAY_OP_MEAN, 1 << 2, false), most = net.reduce(x, INLAY_OP_REDUCE_MAX, 1 << 3, true);
  const int32_t odd = net.slice(x, 1, 3, 2), turned = net.transpose(x, {0, 1, 3, 2}), flat = net.reshape(x, {1, 24, 8});
  const int32_t deep = net.blocks(x, INLAY_OP_SPACE_TO_DEPTH, 2), wide = net.blocks(x, INLAY_OP_DEPTH_TO_SPACE, 2);
  const Model model = net.finish({mean, most, odd, turned, flat, deep, wide});
  const int want[] = {6, 6, 3, 6, 24, 3, 12};
  for (int32_t n = 0; n < 7; ++n) EXPECT_EQ(try_all_bounds(model, {n}), want[n]) << n;
  EXPECT_EQ(try_all_bounds(model, {4}, Cut::kRows), 24);  // pixels of the input
  Net shaped(11);
  const int32_t rows = shaped.reshape(shaped.conv(shaped.input({1, 3, 5, 4}), 6, {1, 1, 1, true}), {15, 6});
  EXPECT_EQ(try_all_bounds(shaped.finish({shaped.softmax(rows)}), {0, 1, 2}), 15);
}

}  // namespace
}  // namespace inlay::tools
