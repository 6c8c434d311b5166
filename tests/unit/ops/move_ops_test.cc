// SPDX-License-Identifier: Apache-2.0
// Ops that move elements: what prepare refuses, and indices that only show their malice at run time. Their values are checked by
// tests/conformance.
#include <gtest/gtest.h>

#include <cstring>

#include "tools/graph/op_call.h"

namespace inlay::tools {
namespace {

template <typename T>
Tensor constant(inlay_dtype dtype, std::vector<int32_t> shape, const std::vector<T>& values) {
  Tensor t;
  t.name = "constant";
  t.dtype = dtype;
  t.shape = std::move(shape);
  Bytes bytes(values.size() * sizeof(T));
  if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  t.data = std::make_shared<const Bytes>(bytes);
  return t;
}

Tensor floats(std::vector<int32_t> shape) {
  size_t count = 1;
  for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
  return constant(INLAY_FLOAT32, std::move(shape), std::vector<float>(count, 1.0f));
}
Tensor ints(std::vector<int32_t> shape, const std::vector<int32_t>& values) { return constant(INLAY_INT32, std::move(shape), values); }
Tensor longs(std::vector<int32_t> shape, const std::vector<int64_t>& values) { return constant(INLAY_INT64, std::move(shape), values); }

/// What the op says of these inputs: prepared and, when they please it, computed. "" when all is well.
std::string says(uint16_t kind, const std::vector<Tensor>& inputs, Params params = {}, inlay_dtype result = INLAY_FLOAT32) {
  Graph g;
  Node n;
  n.kind = kind;
  n.params = std::move(params);
  for (const Tensor& t : inputs) n.inputs.push_back(g.add(t));
  Tensor out;
  out.name = "out";
  out.dtype = result;
  n.outputs = {g.add(out)};
  try {
    infer_shapes(g, n);
    evaluate(g, n);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void expect(const std::string& text, const char* part) { EXPECT_NE(text.find(part), std::string::npos) << text; }
constexpr const char* kFailed = "failed while it was computed";

TEST(MoveOps, TransposeWantsEachDimOnce) {
  EXPECT_EQ(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}, inlay_dims{2, {1, 0}}), "");
  expect(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}, inlay_dims{2, {1, 1}}), "does not name each dim once");
  expect(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}, inlay_dims{2, {0, 40}}), "does not name each dim once");
  expect(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}, inlay_dims{2, {0, -1}}), "does not name each dim once");
  expect(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}, inlay_dims{3, {0, 1, 2}}), "another rank");
  expect(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}), "options of the wrong type");
  expect(says(INLAY_OP_TRANSPOSE, {floats({2, 3})}, inlay_dims{2, {1, 0}}, INLAY_INT32), "output may not be int32");
}

TEST(MoveOps, SliceStaysInside) {
  EXPECT_EQ(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{4}, {3}, {-2}}), "");
  EXPECT_EQ(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{9}, {0}, {1}}), "");
  expect(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{3}, {3}, {1}}), "outside the input");
  expect(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{-1}, {1}, {1}}), "outside the input");
  expect(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{1}, {3}, {-1}}), "outside the input");
  expect(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{0}, {INT32_MAX}, {INT32_MAX}}), "outside the input");
  expect(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{0}, {1}, {0}}), "a stride is zero");
  expect(says(INLAY_OP_SLICE, {floats({5})}, inlay_slice{{0}, {-1}, {1}}), "a size is negative");
}

TEST(MoveOps, TileAndBroadcastKeepSizesSane) {
  expect(says(INLAY_OP_TILE, {floats({2, 3})}, inlay_dims{2, {1, -1}}), "negative or too large");
  expect(says(INLAY_OP_TILE, {floats({2, 3})}, inlay_dims{2, {INT32_MAX, 1}}), "negative or too large");
  expect(says(INLAY_OP_TILE, {floats({2, 3})}, inlay_dims{1, {1}}), "one multiple per dim");
  EXPECT_EQ(says(INLAY_OP_TILE, {floats({0, 3})}, inlay_dims{2, {INT32_MAX, 0}}), "");
  expect(says(INLAY_OP_BROADCAST_TO, {floats({2})}, inlay_dims{2, {2, 3}}), "does not broadcast");
  expect(says(INLAY_OP_BROADCAST_TO, {floats({2})}, inlay_dims{9, {}}), "bad rank");
  expect(says(INLAY_OP_BROADCAST_TO, {floats({1})}, inlay_dims{2, {INT32_MAX, INT32_MAX}}), "too large");
  expect(says(INLAY_OP_BROADCAST_TO, {floats({1})}, inlay_dims{1, {-4}}), "too large");
}

TEST(MoveOps, GatherChecksIndices) {
  const Tensor table = floats({4, 3});
  EXPECT_EQ(says(INLAY_OP_GATHER, {table, ints({2}, {3, 0})}, inlay_axis{0, 0, 0}), "");
  expect(says(INLAY_OP_GATHER, {table, ints({2}, {3, 4})}, inlay_axis{0, 0, 0}), kFailed);
  expect(says(INLAY_OP_GATHER, {table, ints({2}, {-1, 0})}, inlay_axis{0, 0, 0}), kFailed);
  expect(says(INLAY_OP_GATHER, {table, longs({1}, {int64_t{1} << 32})}, inlay_axis{0, 0, 0}), kFailed);
  expect(says(INLAY_OP_GATHER, {table, floats({1})}, inlay_axis{0, 0, 0}), "indices may not be float32");
  expect(says(INLAY_OP_GATHER, {table, ints({1}, {0})}, inlay_axis{2, 0, 0}), "outside the input's rank");
  expect(says(INLAY_OP_GATHER, {table, ints({1}, {0})}, inlay_axis{1, 2, 0}), "batch_dims");
  expect(says(INLAY_OP_GATHER, {table, ints({1}, {0})}, inlay_axis{1, 1, 0}), "differ in a batch dim");
}

TEST(MoveOps, GatherOf4BitsMovesHalves) {
  Graph g;
  Node n;
  n.kind = INLAY_OP_GATHER;
  n.params = inlay_axis{0, 0, 0};
  Tensor out;
  out.dtype = INLAY_INT4;
  // Rows of three: 1 2 3, 4 5 6.
  n.inputs = {g.add(constant(INLAY_INT4, {2, 3}, Bytes{0x21, 0x43, 0x65})), g.add(ints({3}, {1, 0, 1}))};
  n.outputs = {g.add(out)};
  infer_shapes(g, n);
  EXPECT_EQ(evaluate(g, n)[0], (Bytes{0x54, 0x16, 0x32, 0x54, 0x06}));
}

TEST(MoveOps, IndexVectorsAreChecked) {
  EXPECT_EQ(says(INLAY_OP_GATHER_ND, {floats({4, 3}), ints({1, 2}, {3, 2})}), "");
  expect(says(INLAY_OP_GATHER_ND, {floats({4, 3}), ints({1, 2}, {3, 3})}), kFailed);
  expect(says(INLAY_OP_GATHER_ND, {floats({4, 3}), longs({1, 1}, {INT64_MIN})}), kFailed);
  expect(says(INLAY_OP_GATHER_ND, {floats({4, 3}), ints({1, 3}, {0, 0, 0})}), "longer than the input's rank");
  expect(says(INLAY_OP_SCATTER_ND, {ints({1, 1}, {4}), floats({1, 3})}, inlay_dims{2, {4, 3}}), kFailed);
  expect(says(INLAY_OP_SCATTER_ND, {ints({1, 1}, {-1}), floats({1, 3})}, inlay_dims{2, {4, 3}}), kFailed);
  expect(says(INLAY_OP_SCATTER_ND, {ints({1, 1}, {0}), floats({1, 2})}, inlay_dims{2, {4, 3}}), "fits neither");
  const Params flat = inlay_dims{1, {3}};
  expect(says(INLAY_OP_SPARSE_TO_DENSE, {ints({2}, {0, 3}), floats({2}), floats({})}, flat), kFailed);
  expect(says(INLAY_OP_SPARSE_TO_DENSE, {ints({2}, {0, 1}), floats({3}), floats({})}, flat), "one value per index");
}

TEST(MoveOps, DynamicPartsStayInside) {
  const Params two = inlay_dims{1, {2}};
  EXPECT_EQ(says(INLAY_OP_DYNAMIC_SLICE, {floats({5}), ints({1}, {3})}, two), "");
  expect(says(INLAY_OP_DYNAMIC_SLICE, {floats({5}), ints({1}, {4})}, two), kFailed);
  expect(says(INLAY_OP_DYNAMIC_SLICE, {floats({5}), longs({1}, {INT64_MIN})}, two), kFailed);
  expect(says(INLAY_OP_DYNAMIC_SLICE, {floats({5}), ints({2}, {0, 0})}, two), "one index per dim");
  expect(says(INLAY_OP_DYNAMIC_SLICE, {floats({5}), ints({1}, {0})}, inlay_dims{1, {6}}), "larger than the input");
  EXPECT_EQ(says(INLAY_OP_DYNAMIC_UPDATE_SLICE, {floats({5}), floats({2}), longs({1}, {INT64_MAX})}), "");
  expect(says(INLAY_OP_DYNAMIC_UPDATE_SLICE, {floats({5}), floats({6}), ints({1}, {0})}), "larger than the input");
}

TEST(MoveOps, RowsLengthsAndSegmentsAreChecked) {
  Tensor table = constant(INLAY_INT8, {2, 2}, std::vector<int8_t>{1, 2, 3, 4});
  expect(says(INLAY_OP_EMBEDDING_LOOKUP, {ints({1}, {0}), table}), "scales");
  table.quant.scales = {0.5f};
  EXPECT_EQ(says(INLAY_OP_EMBEDDING_LOOKUP, {ints({1}, {1}), table}), "");
  expect(says(INLAY_OP_EMBEDDING_LOOKUP, {ints({1}, {2}), table}), kFailed);
  expect(says(INLAY_OP_REVERSE_SEQUENCE, {floats({2, 3}), ints({2}, {3, 4})}, inlay_axis{1, 0, 0}), kFailed);
  expect(says(INLAY_OP_REVERSE_SEQUENCE, {floats({2, 3}), ints({2}, {3, -1})}, inlay_axis{1, 0, 0}), kFailed);
  expect(says(INLAY_OP_REVERSE_SEQUENCE, {floats({2, 3}), ints({2}, {3, 1})}, inlay_axis{1, 1, 0}), "two dims");
  expect(says(INLAY_OP_UNSORTED_SEGMENT_MAX, {floats({2, 3}), ints({2}, {0, 2})}, inlay_dims{1, {2}}), kFailed);
  EXPECT_EQ(says(INLAY_OP_UNSORTED_SEGMENT_MAX, {floats({2, 3}), ints({2}, {0, INT32_MIN})}, inlay_dims{1, {2}}), "");
}

TEST(MoveOps, BlocksDivide) {
  const auto block = [](int32_t h, int32_t w) { return inlay_block_params{h, w, 0, 0, 0, 0}; };
  expect(says(INLAY_OP_SPACE_TO_DEPTH, {floats({1, 3, 4, 1})}, block(2, 2)), "do not divide");
  expect(says(INLAY_OP_SPACE_TO_DEPTH, {floats({1, 4, 4, 1})}, block(0, 0)), "below 1");
  // Every number divides 0, and the square of this one times the channels fits no integer.
  expect(says(INLAY_OP_SPACE_TO_DEPTH, {floats({1, INT32_MAX, 0, 8})}, block(INT32_MAX, INT32_MAX)), "too many channels");
  expect(says(INLAY_OP_DEPTH_TO_SPACE, {floats({1, 1, 1, 3})}, block(2, 2)), "do not divide");
  expect(says(INLAY_OP_DEPTH_TO_SPACE, {floats({1, 1, 1, 4})}, block(65536, 65536)), "do not divide");
  expect(says(INLAY_OP_SPACE_TO_BATCH_ND, {floats({1, 3, 4, 1})}, block(2, 2)), "does not divide");
  expect(says(INLAY_OP_SPACE_TO_BATCH_ND, {floats({1, 3, 4})}, block(1, 2)), "no width");
  expect(says(INLAY_OP_BATCH_TO_SPACE_ND, {floats({3, 1, 1, 1})}, block(2, 2)), "does not divide");
  expect(says(INLAY_OP_BATCH_TO_SPACE_ND, {floats({4, 1, 1, 1})}, inlay_block_params{2, 2, 2, 1, 0, 0}), "larger than the image");
  expect(says(INLAY_OP_BATCH_TO_SPACE_ND, {floats({4, 1, 1, 1})}, inlay_block_params{2, 2, -1, 0, 0, 0}), "negative");
}

TEST(MoveOps, OneHotNeedsAnAxisAndOneValue) {
  const Tensor one = floats({});
  expect(says(INLAY_OP_ONE_HOT, {ints({2}, {0, 1}), ints({}, {3}), one, one}, inlay_axis{2, 0, 0}), "outside the output's rank");
  expect(says(INLAY_OP_ONE_HOT, {ints({2}, {0, 1}), ints({}, {3}), one, floats({2})}, inlay_axis{1, 0, 0}), "not one element");
  expect(says(INLAY_OP_ONE_HOT, {ints({2}, {0, 1}), ints({}, {-3}), one, one}, inlay_axis{1, 0, 0}), "too large");
}

}  // namespace
}  // namespace inlay::tools
