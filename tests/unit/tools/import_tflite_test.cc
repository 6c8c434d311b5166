// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <limits>

#include "tests/unit/tools/tflite_builder.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay::tools::test {
namespace {

Bytes conv_file() {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {1, 5, 6, 4}, tfl::TensorType::FLOAT32, 0, {-1, -1, 6, 4});
  const int32_t w = b.tensor("w", {2, 3, 3, 2}, tfl::TensorType::FLOAT32, b.constants(std::vector<float>(36, 0.5f)));
  const int32_t out = b.tensor("out", {1, 1, 1, 1});
  const auto o = tfl::CreateConv2DOptions(b.fbb(), tfl::Padding::SAME, 2, 2, tfl::ActivationFunctionType::RELU6, 1, 1).Union();
  b.op(tfl::BuiltinOperator::CONV_2D, {in, w, -1}, {out}, tfl::BuiltinOptions::Conv2DOptions, o);
  return b.finish({in}, {out});
}

TEST(ImportTflite, ConvSameBecomesExplicitPads) {
  ImportOptions options;
  options.shapes["in"] = {1, 5, 6, 4};
  const Model m = import_tflite(conv_file(), options);
  const Graph& g = m.graphs.at(0);
  ASSERT_EQ(g.nodes.size(), 1u);
  const auto& w = std::get<inlay_window>(g.nodes[0].params);
  EXPECT_EQ(w.pad_top, 1);
  EXPECT_EQ(w.pad_bottom, 1);
  EXPECT_EQ(w.pad_left, 0);
  EXPECT_EQ(w.pad_right, 1);
  EXPECT_EQ(w.groups, 2);
  EXPECT_EQ(g.nodes[0].inputs.size(), 2u);
  EXPECT_EQ(g.nodes[0].activation, INLAY_ACT_RELU6);
  EXPECT_EQ(g.tensors[static_cast<size_t>(g.outputs[0])].shape, (std::vector<int32_t>{1, 3, 3, 2}));
  EXPECT_EQ(m.metadata.at("source_format"), "tflite");
  EXPECT_EQ(m.metadata.at("description"), "test");
}

TEST(ImportTflite, UnknownDimsBecomeOne) {
  EXPECT_EQ(import_tflite(conv_file(), {}).graphs[0].tensors[0].shape, (std::vector<int32_t>{1, 1, 6, 4}));
}

TEST(ImportTflite, ShapeOfUnknownInputNamesTheInputs) {
  ImportOptions options;
  options.shapes["image"] = {1};
  EXPECT_TRUE(says(error_of(conv_file(), options), "no input 'image'; its inputs are 'in'"));
}

TEST(ImportTflite, ReshapeResolvesOneUnknownDim) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {2, 3, 4});
  const int32_t shape = b.tensor("shape", {2}, tfl::TensorType::INT32, b.constants(std::vector<int32_t>{-1, 6}));
  const int32_t out = b.tensor("out", {});
  b.op(tfl::BuiltinOperator::RESHAPE, {in, shape}, {out});
  const Model m = import_tflite(b.finish({in}, {out}), {});
  const Node& node = m.graphs[0].nodes.at(0);
  EXPECT_EQ(node.inputs, (std::vector<int32_t>{in}));
  EXPECT_EQ(std::get<inlay_dims>(node.params).dims[0], 4);
  EXPECT_EQ(m.graphs[0].tensors[static_cast<size_t>(out)].shape, (std::vector<int32_t>{4, 6}));
}

TEST(ImportTflite, MissingOpsAreAllNamed) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {2}), a = b.tensor("a", {2}), c = b.tensor("c", {2}), d = b.tensor("d", {2});
  b.op(tfl::BuiltinOperator::UNIQUE, {in}, {a});
  b.op(tfl::BuiltinOperator::SKIP_GRAM, {a}, {c});
  b.op(tfl::BuiltinOperator::UNIQUE, {c}, {d});
  const std::string text = error_of(b.finish({in}, {d}));
  EXPECT_TRUE(says(text, "2 ops of this model are not supported:\n")) << text;
  EXPECT_TRUE(says(text, "\n  UNIQUE (2 nodes, the first: node 0 'a')")) << text;
  EXPECT_TRUE(says(text, "\n  SKIP_GRAM (1 node: node 1 'c')")) << text;
}

TEST(ImportTflite, DamagedIndicesAreErrors) {
  const auto relu = [](int32_t from, int32_t to, uint32_t code_shift, uint32_t buffer, std::vector<int32_t> outputs) {
    TfliteBuilder b;
    b.tensor("in", {2});
    b.tensor("out", {2}, tfl::TensorType::FLOAT32, buffer);
    b.code_shift = code_shift;
    b.op(tfl::BuiltinOperator::RELU, {from}, {to});
    return error_of(b.finish({0}, outputs));
  };
  EXPECT_EQ(relu(0, 1, 0, 0, {1}), "");
  EXPECT_TRUE(says(relu(7, 1, 0, 0, {1}), "is tensor 7"));
  EXPECT_TRUE(says(relu(0, -1, 0, 0, {1}), "is tensor -1"));
  EXPECT_TRUE(says(relu(0, 0, 0, 0, {0}), "writes tensor 'in'"));
  EXPECT_TRUE(says(relu(1, 1, 0, 0, {1}), "before a node computes it"));
  EXPECT_TRUE(says(relu(0, 1, 9, 0, {1}), "op code 9"));
  EXPECT_TRUE(says(relu(0, 1, 0, 5, {1}), "'out': reads buffer 5"));
  EXPECT_TRUE(says(relu(0, 1, 0, 0, {-2}), "output 0 is tensor -2"));
}

TEST(ImportTflite, ConstantsOfWrongSizeAndScalesAreErrors) {
  const auto with = [](std::vector<int32_t> shape, tfl::TensorType type, std::vector<float> scales) {
    TfliteBuilder b;
    b.tensor("in", {2});
    b.tensor("const", shape, type, b.buffer(std::vector<uint8_t>(8, 1)), {}, scales);
    b.tensor("out", {2});
    b.op(tfl::BuiltinOperator::RELU, {0}, {2});
    return error_of(b.finish({0}, {2}));
  };
  EXPECT_EQ(with({2}, tfl::TensorType::FLOAT32, {}), "");
  EXPECT_TRUE(says(with({3}, tfl::TensorType::FLOAT32, {}), "'const': its shape needs 12 bytes"));
  EXPECT_TRUE(says(with({1 << 30, 1 << 30}, tfl::TensorType::INT8, {}), "2^31"));
  EXPECT_TRUE(says(with(std::vector<int32_t>(9, 1), tfl::TensorType::INT8, {}), "9 dims"));
  EXPECT_TRUE(says(with({8}, tfl::TensorType::INT8, {0.0f}), "scale 0"));
  EXPECT_TRUE(says(with({8}, tfl::TensorType::INT8, {std::numeric_limits<float>::quiet_NaN()}), "scale 0"));
  EXPECT_TRUE(says(with({8}, tfl::TensorType::INT8, {1.0f, 1.0f}), "2 scales along dim 0, expected 8"));
  EXPECT_TRUE(says(with({8}, tfl::TensorType::STRING, {}), "'const': its type STRING"));
}

// Nothing to expect but an end without a crash; sanitizers watch.
TEST(ImportTflite, EveryDamagedFileIsAnErrorOrAModel) {
  const Bytes whole = conv_file();
  EXPECT_TRUE(says(error_of({}), "TFL3"));
  for (size_t n = 0; n < whole.size(); ++n) error_of(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)));
  for (size_t i = 8; i < whole.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      Bytes damaged = whole;
      damaged[i] = static_cast<uint8_t>(damaged[i] ^ flip);
      error_of(damaged);
    }
  }
}

TEST(ImportTflite, DigitsModels) {
  for (const char* name : {"digits_int8", "digits_float"}) {
    std::ifstream in(std::string(INLAY_SOURCE_DIR) + "/examples/digits/" + name + ".tflite", std::ios::binary);
    const Bytes file((std::istreambuf_iterator<char>(in)), {});
    ASSERT_FALSE(file.empty()) << name;
    Model m = import_tflite(file, {});
    optimize(m);
    EXPECT_EQ(m.graphs[0].inputs.size(), 1u);
    EXPECT_EQ(m.graphs[0].tensors[static_cast<size_t>(m.graphs[0].outputs[0])].shape, (std::vector<int32_t>{1, 10})) << name;
  }
}

}  // namespace
}  // namespace inlay::tools::test
