// SPDX-License-Identifier: Apache-2.0
// What the importer says of ops whose result would have a shape that depends on data, and of index expressions that cannot be.
#include <gtest/gtest.h>

#include "tests/unit/tools/tflite_builder.h"
#include "tools/import/import.h"

namespace inlay::tools::test {
namespace {

void expect(const std::string& text, const char* part) { EXPECT_NE(text.find(part), std::string::npos) << text; }

int32_t list(TfliteBuilder& b, const std::vector<int32_t>& values) {
  return b.tensor("list", {static_cast<int32_t>(values.size())}, tfl::TensorType::INT32, b.constants(values));
}

std::string slice_error(const std::vector<int32_t>& begin, const std::vector<int32_t>& size, bool computed = false) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {4, 5}), out = b.tensor("out", {1, 1});
  const int32_t from = computed ? b.tensor("begin", {2}, tfl::TensorType::INT32) : list(b, begin);
  b.op(tfl::BuiltinOperator::SLICE, {in, from, list(b, size)}, {out});
  return error_of(b.finish(computed ? std::vector<int32_t>{in, from} : std::vector<int32_t>{in}, {out}));
}

TEST(ImportMove, SliceStaysInside) {
  EXPECT_EQ(slice_error({1, 2}, {-1, 2}), "");
  expect(slice_error({1, 4}, {1, 2}), "takes 2 from 4 of dim 1, which is 5");
  expect(slice_error({INT32_MIN, 0}, {-1, 2}), "dim 0");
  expect(slice_error({1}, {1, 2}), "one number per dim");
  EXPECT_EQ(slice_error({}, {2, 2}, true), "");
  expect(slice_error({}, {-1, 2}, true), "its shape would depend on the data");
}

std::string strided_error(const std::vector<int32_t>& begin, const std::vector<int32_t>& stride, int32_t ellipsis, int32_t shrink) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {4, 5}), out = b.tensor("out", {1});
  const std::vector<int32_t> end(begin.size(), 9);
  const auto o = tfl::CreateStridedSliceOptions(b.fbb(), 0, 0, ellipsis, 0, shrink).Union();
  const std::vector<int32_t> inputs = {in, list(b, begin), list(b, end), list(b, stride)};
  b.op(tfl::BuiltinOperator::STRIDED_SLICE, inputs, {out}, tfl::BuiltinOptions::StridedSliceOptions, o);
  return error_of(b.finish({in}, {out}));
}

TEST(ImportMove, StridedSliceSaysWhatCannotBe) {
  EXPECT_EQ(strided_error({0, 1}, {1, 1}, 0, 0), "");
  expect(strided_error({0, 1}, {1, 0}, 0, 0), "a stride is 0");
  expect(strided_error({0, 5}, {1, 1}, 0, 2), "index 5 lies outside a dim of 5");
  expect(strided_error({-5, 0}, {1, 1}, 0, 1), "index -5 lies outside a dim of 4");
  expect(strided_error({0, 1}, {1, 1}, 3, 0), "more than one ellipsis");
  expect(strided_error({0, 1, 2}, {1, 1, 1}, 0, 0), "names 3 dims of an input of 2");
  expect(strided_error({0, 1}, {1}, 0, 0), "differ in length");
}

TEST(ImportMove, SplitsAddUp) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {5}), axis = b.tensor("axis", {}, tfl::TensorType::INT32, b.constants(std::vector<int32_t>{0}));
  const int32_t first = b.tensor("first", {2}), second = b.tensor("second", {2});
  b.op(tfl::BuiltinOperator::SPLIT_V, {in, list(b, {2, 2}), axis}, {first, second});
  expect(error_of(b.finish({in}, {first, second})), "do not add up to dim 0");
}

TEST(ImportMove, ShapesThatDependOnDataAreRefused) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {5}), out = b.tensor("out", {5, 1}, tfl::TensorType::INT64);
  b.op(tfl::BuiltinOperator::WHERE, {in}, {out});
  expect(error_of(b.finish({in}, {out})), "the shape of the result would depend on the data");
}

TEST(ImportMove, RangeMustEnd) {
  TfliteBuilder b;
  const auto number = [&](int32_t n) { return b.tensor("n", {}, tfl::TensorType::INT32, b.constants(std::vector<int32_t>{n})); };
  const int32_t out = b.tensor("out", {5}, tfl::TensorType::INT32);
  b.op(tfl::BuiltinOperator::RANGE, {number(0), number(5), number(0)}, {out});
  expect(error_of(b.finish({}, {out})), "give no range");
}

}  // namespace
}  // namespace inlay::tools::test
