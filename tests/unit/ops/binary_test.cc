// SPDX-License-Identifier: Apache-2.0
// What the ops of two inputs, and SELECT, refuse; and runs that fail on their data.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tools/graph/op_call.h"

namespace inlay::tools {
namespace {

struct Scale {
  float scale;
  int32_t zero;
};

/// A graph of one node.
struct One {
  Graph graph;
  Node node;

  explicit One(uint16_t kind) { node.kind = kind; }
  One& in(inlay_dtype dtype, std::vector<int32_t> shape, std::vector<Scale> scales = {}) {
    node.inputs.push_back(add(dtype, std::move(shape), scales));
    return *this;
  }
  One& out(inlay_dtype dtype, std::vector<Scale> scales = {}) {
    node.outputs.push_back(add(dtype, {}, scales));
    return *this;
  }
  template <typename T>
  One& constant(inlay_dtype dtype, const std::vector<T>& values) {
    in(dtype, {static_cast<int32_t>(values.size())});
    Bytes bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    graph.tensors.back().data = std::make_shared<const Bytes>(std::move(bytes));
    return *this;
  }
  One& activation(inlay_activation a) {
    node.activation = static_cast<uint8_t>(a);
    return *this;
  }
  /// The sentence of the refusal, "" when there is none.
  std::string refusal() {
    try {
      infer_shapes(graph, node);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  }
  bool runs() {
    try {
      evaluate(graph, node);
    } catch (const Error&) {
      return false;
    }
    return true;
  }

 private:
  int32_t add(inlay_dtype dtype, std::vector<int32_t> shape, const std::vector<Scale>& scales) {
    Tensor t;
    t.dtype = dtype;
    t.shape = std::move(shape);
    for (const Scale& s : scales) {
      t.quant.scales.push_back(s.scale);
      t.quant.zero_points.push_back(s.zero);
    }
    return graph.add(std::move(t));
  }
};

One pair(uint16_t kind, inlay_dtype a, inlay_dtype b, inlay_dtype out, std::vector<Scale> scales = {}) {
  One one(kind);
  one.in(a, {2, 3}, scales).in(b, {3}, scales).out(out, scales);
  return one;
}

bool says(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

constexpr uint16_t kBinary[] = {INLAY_OP_ADD, INLAY_OP_SUB, INLAY_OP_MUL, INLAY_OP_DIV, INLAY_OP_MAXIMUM, INLAY_OP_MINIMUM,
                                INLAY_OP_SQUARED_DIFFERENCE, INLAY_OP_POW, INLAY_OP_FLOOR_DIV, INLAY_OP_FLOOR_MOD, INLAY_OP_ATAN2};

TEST(BinaryOps, WhatNoneOfThemTakes) {
  for (const uint16_t kind : kBinary) {
    EXPECT_EQ(pair(kind, INLAY_FLOAT32, INLAY_FLOAT32, INLAY_FLOAT32).refusal(), "");
    EXPECT_TRUE(says(pair(kind, INLAY_FLOAT32, INLAY_INT32, INLAY_FLOAT32).refusal(), "input 1 may not be int32"));
    EXPECT_TRUE(says(pair(kind, INLAY_FLOAT32, INLAY_FLOAT32, INLAY_INT32).refusal(), "output may not be int32"));
    EXPECT_TRUE(says(pair(kind, INLAY_BOOL, INLAY_BOOL, INLAY_BOOL).refusal(), "input 0 may not be bool"));
    EXPECT_TRUE(says(One(kind).in(INLAY_FLOAT32, {2}).in(INLAY_FLOAT32, {3}).out(INLAY_FLOAT32).refusal(), "do not broadcast"));
    EXPECT_TRUE(says(One(kind).in(INLAY_FLOAT32, {2}).out(INLAY_FLOAT32).refusal(), "number of inputs"));
    EXPECT_NE(pair(kind, INLAY_FLOAT32, INLAY_FLOAT32, INLAY_FLOAT32).activation(INLAY_ACT_TANH).refusal(), "");
  }
}

TEST(BinaryOps, Quantization) {
  for (const uint16_t kind : {INLAY_OP_ADD, INLAY_OP_SUB, INLAY_OP_MUL, INLAY_OP_DIV, INLAY_OP_SQUARED_DIFFERENCE}) {
    EXPECT_EQ(pair(kind, INLAY_INT8, INLAY_INT8, INLAY_INT8, {{0.5f, 3}}).refusal(), "");
    EXPECT_TRUE(says(pair(kind, INLAY_INT8, INLAY_INT8, INLAY_INT8).refusal(), "needs one scale"));
    EXPECT_TRUE(says(pair(kind, INLAY_INT8, INLAY_INT8, INLAY_INT8, {{0.5f, 200}}).refusal(), "zero point"));
    EXPECT_TRUE(says(pair(kind, INLAY_INT8, INLAY_INT8, INLAY_INT8, {{0.0f, 0}}).refusal(), "scale"));
  }
  for (const uint16_t kind : {INLAY_OP_ADD, INLAY_OP_SUB, INLAY_OP_MUL, INLAY_OP_DIV}) {
    EXPECT_TRUE(says(pair(kind, INLAY_INT16, INLAY_INT16, INLAY_INT16, {{0.5f, 3}}).refusal(), "zero point that is not 0"));
    One far(kind);
    far.in(INLAY_INT8, {2}, {{1e29f, 0}}).in(INLAY_INT8, {2}, {{1.0f, 0}}).out(INLAY_INT8, {{1e-29f, 0}});
    EXPECT_TRUE(says(far.refusal(), "too far apart"));
  }
  // Integers as they are need no scales.
  EXPECT_EQ(pair(INLAY_OP_ADD, INLAY_INT16, INLAY_INT16, INLAY_INT16).refusal(), "");
  EXPECT_EQ(pair(INLAY_OP_MUL, INLAY_INT16, INLAY_INT16, INLAY_INT16).refusal(), "");
  EXPECT_NE(pair(INLAY_OP_SUB, INLAY_INT16, INLAY_INT16, INLAY_INT16).refusal(), "");
}

TEST(BinaryOps, DivisorsOfZeroFailTheRun) {
  for (const uint16_t kind : {INLAY_OP_DIV, INLAY_OP_FLOOR_DIV, INLAY_OP_FLOOR_MOD}) {
    EXPECT_TRUE(One(kind).constant<int32_t>(INLAY_INT32, {1, 2}).constant<int32_t>(INLAY_INT32, {3, -1}).out(INLAY_INT32).runs());
    EXPECT_FALSE(One(kind).constant<int32_t>(INLAY_INT32, {1, 2}).constant<int32_t>(INLAY_INT32, {3, 0}).out(INLAY_INT32).runs());
  }
  EXPECT_FALSE(One(INLAY_OP_POW).constant<int32_t>(INLAY_INT32, {1, 2}).constant<int32_t>(INLAY_INT32, {3, -1}).out(INLAY_INT32).runs());
}

TEST(Comparisons, Refusals) {
  EXPECT_TRUE(says(pair(INLAY_OP_EQUAL, INLAY_FLOAT32, INLAY_FLOAT32, INLAY_FLOAT32).refusal(), "output may not be float32"));
  EXPECT_EQ(pair(INLAY_OP_EQUAL, INLAY_BOOL, INLAY_BOOL, INLAY_BOOL).refusal(), "");
  EXPECT_NE(pair(INLAY_OP_LESS, INLAY_BOOL, INLAY_BOOL, INLAY_BOOL).refusal(), "");
  EXPECT_EQ(pair(INLAY_OP_LESS, INLAY_INT8, INLAY_INT8, INLAY_BOOL).refusal(), "");
  One half(INLAY_OP_GREATER);  // one side alone has a scale
  half.in(INLAY_INT8, {2}, {{0.5f, 0}}).in(INLAY_INT8, {2}).out(INLAY_BOOL);
  EXPECT_TRUE(says(half.refusal(), "input 1 needs one scale"));
  One large(INLAY_OP_GREATER);
  large.in(INLAY_INT8, {2}, {{128.0f, 0}}).in(INLAY_INT8, {2}, {{1.0f, 0}}).out(INLAY_BOOL);
  EXPECT_TRUE(says(large.refusal(), "128"));
}

TEST(Select, Refusals) {
  const auto select = [](inlay_dtype condition, inlay_dtype a, inlay_dtype b, std::vector<Scale> sa, std::vector<Scale> sb) {
    One one(INLAY_OP_SELECT);
    one.in(condition, {2}).in(a, {2}, sa).in(b, {2}, sb).out(a, sa);
    return one.refusal();
  };
  EXPECT_EQ(select(INLAY_BOOL, INLAY_INT8, INLAY_INT8, {{0.5f, 1}}, {{0.5f, 1}}), "");
  EXPECT_TRUE(says(select(INLAY_BOOL, INLAY_INT8, INLAY_INT8, {{0.5f, 1}}, {{0.5f, 2}}), "differ in scale"));
  EXPECT_TRUE(says(select(INLAY_INT8, INLAY_INT8, INLAY_INT8, {}, {}), "the condition may not be int8"));
  EXPECT_TRUE(says(select(INLAY_BOOL, INLAY_INT8, INLAY_INT32, {}, {}), "input 2 may not be int32"));
  EXPECT_NE(select(INLAY_BOOL, INLAY_INT4, INLAY_INT4, {}, {}), "");
  One apart(INLAY_OP_SELECT);
  apart.in(INLAY_BOOL, {2}).in(INLAY_FLOAT32, {3}).in(INLAY_FLOAT32, {}).out(INLAY_FLOAT32);
  EXPECT_TRUE(says(apart.refusal(), "do not broadcast"));
}

}  // namespace
}  // namespace inlay::tools
