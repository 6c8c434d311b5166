// SPDX-License-Identifier: Apache-2.0
// Small files that ask for endless work or memory are refused with a sentence; subgraphs that nothing calls are not looked at.
#include <gtest/gtest.h>

#include "tests/unit/tools/tflite_builder.h"
#include "tools/graph/passes.h"
#include "tools/import/import.h"

namespace inlay::tools::test {
namespace {

using tfl::BuiltinOperator;
using tfl::BuiltinOptions;
using tfl::TensorType;

int32_t scalar(TfliteBuilder& b, int32_t value) {
  return b.tensor("scalar", {}, TensorType::INT32, b.constants(std::vector<int32_t>{value}));
}

void call_once(TfliteBuilder& b, int32_t subgraph) {
  b.op(BuiltinOperator::CALL_ONCE, {}, {}, BuiltinOptions::CallOnceOptions,
       tfl::CreateCallOnceOptions(b.fbb(), subgraph).Union());
}

void branch(TfliteBuilder& b, int32_t condition, int32_t in, int32_t out, int32_t then, int32_t otherwise) {
  b.op(BuiltinOperator::IF, {condition, in}, {out}, BuiltinOptions::IfOptions,
       tfl::CreateIfOptions(b.fbb(), then, otherwise).Union());
}

/// A main graph that copies its input to its output by way of NEG; what it calls first is the test's.
void end_main(TfliteBuilder& b) {
  const int32_t in = b.tensor("in", {1}), out = b.tensor("out", {1});
  b.op(BuiltinOperator::NEG, {in}, {out});
  b.end_graph({in}, {out});
}

TEST(ImportHostile, InitialGraphThatCallsItself) {
  TfliteBuilder b;
  call_once(b, 1);
  end_main(b);
  call_once(b, 1);
  call_once(b, 1);  // twice: depth alone would not bound the work
  EXPECT_TRUE(says(error_of(b.finish({}, {})), "call each other more than 32 deep"));
}

TEST(ImportHostile, BranchThatCallsItself) {
  TfliteBuilder b;
  const int32_t condition = b.tensor("condition", {1}, TensorType::BOOL), in = b.tensor("in", {1}), out = b.tensor("out", {1});
  branch(b, condition, in, out, 1, 1);
  b.end_graph({condition, in}, {out});
  const int32_t value = b.tensor("value", {1}), result = b.tensor("result", {1});
  const int32_t yes = b.tensor("yes", {1}, TensorType::BOOL, b.buffer({1}));
  branch(b, yes, value, result, 1, 1);
  EXPECT_TRUE(says(error_of(b.finish({value}, {result})), "more than"));
}

TEST(ImportHostile, OnlyCalledSubgraphsNeedTheirOps) {
  for (const bool called : {false, true}) {
    TfliteBuilder b;
    if (called) call_once(b, 1);
    end_main(b);
    const int32_t in = b.tensor("values", {3}), out = b.tensor("unique", {3}), index = b.tensor("index", {3}, TensorType::INT32);
    b.op(BuiltinOperator::UNIQUE, {in}, {out, index});
    const std::string error = error_of(b.finish({in}, {out, index}));
    EXPECT_EQ(says(error, "UNIQUE (1 node: node 0 of subgraph 1 'unique')"), called) << error;
    EXPECT_EQ(error.empty(), !called) << error;
  }
}

/// 40 RANGEs of 16 million numbers.
TEST(ImportHostile, ConstantsOfManyRanges) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {1}), out = b.tensor("out", {1});
  const int32_t start = scalar(b, 0), limit = scalar(b, 1 << 24), step = scalar(b, 1);
  for (int i = 0; i < 40; ++i) b.op(BuiltinOperator::RANGE, {start, limit, step}, {b.tensor("range", {-1}, TensorType::INT32)});
  b.op(BuiltinOperator::NEG, {in}, {out});
  EXPECT_TRUE(says(error_of(b.finish({in}, {out})), "too large for a file of its size"));
}

/// Each TILE may make its constant four times as large; not a dozen of them in a row.
TEST(ImportHostile, ConstantsThatGrowAlongAChain) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {1}), out = b.tensor("out", {1});
  const int32_t four = b.tensor("four", {1}, TensorType::INT32, b.constants(std::vector<int32_t>{4}));
  int32_t last = b.tensor("seed", {1 << 10}, TensorType::FLOAT32, b.constants(std::vector<float>(1 << 10)));
  for (int i = 0; i < 10; ++i) {
    const int32_t next = b.tensor("tile", {-1});
    b.op(BuiltinOperator::TILE, {last, four}, {next});
    last = next;
  }
  b.op(BuiltinOperator::NEG, {in}, {out});
  Model model = import_tflite(b.finish({in}, {out}), {});
  uint64_t bytes = 0;
  for (const Tensor& t : model.graphs[0].tensors) bytes += t.is_constant() ? t.data->size() : 0;
  EXPECT_LT(bytes, uint64_t{128} << 20);
  optimize(model);
  EXPECT_EQ(model.graphs[0].nodes.size(), 1u);
}

std::string range(int64_t start, int64_t limit, int64_t step) {
  TfliteBuilder b;
  const auto number = [&](int64_t value) {
    return b.tensor("number", {}, TensorType::INT64, b.constants(std::vector<int64_t>{value}));
  };
  const int32_t first = number(start), last = number(limit), by = number(step);
  const int32_t in = b.tensor("in", {1}), out = b.tensor("out", {1}), values = b.tensor("values", {-1}, TensorType::INT64);
  b.op(BuiltinOperator::RANGE, {first, last, by}, {values});
  b.op(BuiltinOperator::NEG, {in}, {out});
  try {
    const Model m = import_tflite(b.finish({in}, {out}), {});
    for (const Tensor& t : m.graphs[0].tensors) {
      if (t.name == "values") return std::to_string(t.shape.at(0));
    }
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ImportHostile, RangesAreCountedExactly) {
  EXPECT_EQ(range(0, 10, 3), "4");
  EXPECT_EQ(range(0, 9, 3), "3");
  EXPECT_EQ(range(10, 0, -3), "4");
  EXPECT_EQ(range(5, 5, 1), "0");
  EXPECT_EQ(range(INT64_MAX - 1500, INT64_MAX, 1), "1500");
  EXPECT_EQ(range(INT64_MIN + 3, INT64_MIN, -2), "2");
  EXPECT_EQ(range(INT64_MIN, INT64_MAX, INT64_MAX), "3");
  EXPECT_TRUE(says(range(INT64_MIN, INT64_MAX, 1), "give no range"));
  EXPECT_TRUE(says(range(0, 10, -1), "give no range"));
  EXPECT_TRUE(says(range(0, 10, 0), "give no range"));
}

}  // namespace
}  // namespace inlay::tools::test
