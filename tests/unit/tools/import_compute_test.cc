// SPDX-License-Identifier: Apache-2.0
// What the importer and the ops refuse of convolutions, matrix products and transforms.
#include <gtest/gtest.h>

#include "tests/unit/tools/tflite_builder.h"
#include "tools/import/import.h"

namespace inlay::tools::test {
namespace {

using tfl::BuiltinOperator;
using tfl::BuiltinOptions;
using tfl::TensorType;

int32_t ints(TfliteBuilder& b, const std::vector<int32_t>& values) {
  return b.tensor("ints", {static_cast<int32_t>(values.size())}, TensorType::INT32, b.constants(values));
}

/// TRANSPOSE_CONV of [1, 3, 3, 2] by 2x2 weights with stride 2.
std::string transposed(const std::vector<int32_t>& shape, int32_t weight_channels = 2, int32_t stride = 2) {
  TfliteBuilder b;
  const int32_t out_shape = ints(b, shape);
  const auto count = static_cast<size_t>(3 * 2 * 2 * weight_channels);
  const int32_t w = b.tensor("w", {3, 2, 2, weight_channels}, TensorType::FLOAT32, b.constants(std::vector<float>(count, 0.5f)));
  const int32_t in = b.tensor("in", {1, 3, 3, 2}), out = b.tensor("out", {});
  const auto o = tfl::CreateTransposeConvOptions(b.fbb(), tfl::Padding::VALID, stride, 2).Union();
  b.op(BuiltinOperator::TRANSPOSE_CONV, {out_shape, w, in}, {out}, BuiltinOptions::TransposeConvOptions, o);
  return error_of(b.finish({in}, {out}));
}

TEST(ImportCompute, TransposeConv) {
  EXPECT_EQ(transposed({1, 6, 6, 3}), "");
  EXPECT_EQ(transposed({1, 7, 5, 3}), "");
  EXPECT_TRUE(says(transposed({1, 6, 6}), "not 4 dims"));
  EXPECT_TRUE(says(transposed({1, 0, 6, 3}), "out of range"));
  EXPECT_TRUE(says(transposed({1, 6, 6, 3}, 3), "channels of input and weights do not fit"));
  EXPECT_TRUE(says(transposed({1, 6, 6, 3}, 2, 0), "out of range"));
  EXPECT_TRUE(says(transposed({1, INT32_MAX, 6, 3}), "out of range"));
}

TEST(ImportCompute, TransposeConvNeedsAConstantShape) {
  TfliteBuilder b;
  const int32_t shape = b.tensor("shape", {4}, TensorType::INT32), in = b.tensor("in", {1, 3, 3, 1}), out = b.tensor("out", {});
  const int32_t w = b.tensor("w", {1, 1, 1, 1}, TensorType::FLOAT32, b.constants(std::vector<float>(1)));
  const auto o = tfl::CreateTransposeConvOptions(b.fbb(), tfl::Padding::SAME, 1, 1).Union();
  b.op(BuiltinOperator::TRANSPOSE_CONV, {shape, w, in}, {out}, BuiltinOptions::TransposeConvOptions, o);
  EXPECT_TRUE(says(error_of(b.finish({shape, in}, {out})), "the output shape must be a constant"));
}

std::string matmul(const std::vector<int32_t>& x, const std::vector<int32_t>& y, bool adj_y = false,
                   TensorType type = TensorType::FLOAT32) {
  TfliteBuilder b;
  const int32_t in = b.tensor("x", x), other = b.tensor("y", y, type), out = b.tensor("out", {});
  const auto o = tfl::CreateBatchMatMulOptions(b.fbb(), false, adj_y).Union();
  b.op(BuiltinOperator::BATCH_MATMUL, {in, other}, {out}, BuiltinOptions::BatchMatMulOptions, o);
  return error_of(b.finish({in, other}, {out}));
}

TEST(ImportCompute, BatchMatmul) {
  EXPECT_EQ(matmul({2, 3, 4}, {4, 5}), "");
  EXPECT_EQ(matmul({2, 3, 4}, {5, 4}, true), "");
  EXPECT_TRUE(says(matmul({2, 3, 4}, {5, 4}), "the inner dims of the inputs differ"));
  EXPECT_TRUE(says(matmul({2, 3, 4}, {3, 4, 5}), "do not broadcast"));
  EXPECT_TRUE(says(matmul({4}, {4, 5}), "rank 1, expected 2"));
  EXPECT_TRUE(says(matmul({3, 4}, {4, 5}, false, TensorType::INT8), "must be a constant"));
  EXPECT_TRUE(says(matmul({3, 4}, {4, 5}, false, TensorType::INT32), "may not be int32"));
}

std::string transform(const std::vector<int32_t>& x, const std::vector<int32_t>& lengths) {
  TfliteBuilder b;
  const int32_t in = b.tensor("x", x), n = ints(b, lengths), out = b.tensor("out", {}, TensorType::COMPLEX64);
  b.op(BuiltinOperator::RFFT2D, {in, n}, {out});
  return error_of(b.finish({in}, {out}));
}

TEST(ImportCompute, Rfft2d) {
  EXPECT_EQ(transform({1, 1, 8}, {1, 8}), "");
  EXPECT_EQ(transform({3, 7}, {5, 9}), "");
  EXPECT_TRUE(says(transform({8}, {1, 8}), "rank 1, expected 2"));
  EXPECT_TRUE(says(transform({1, 8}, {8}), "has 1 values, expected 2"));
  EXPECT_TRUE(says(transform({1, 8}, {1, 0}), "two lengths of 1 or more"));
  EXPECT_TRUE(says(transform({1, 8}, {1, 1 << 21}), "above 2^20"));
}

/// CONV_2D of int16 activations, one int8 weight and one bias.
std::string conv16(TensorType bias, float scale) {
  TfliteBuilder b;
  const int32_t in = b.tensor("in", {1, 2, 2, 1}, TensorType::INT16, 0, {}, {scale});
  const int32_t w = b.tensor("w", {1, 1, 1, 1}, TensorType::INT8, b.buffer({1}), {}, {0.5f});
  const size_t width = bias == TensorType::INT64 ? 8 : 4;
  const int32_t c = b.tensor("b", {1}, bias, b.buffer(std::vector<uint8_t>(width, 0)));
  const int32_t out = b.tensor("out", {}, TensorType::INT16, 0, {}, {0.01f});
  const auto o = tfl::CreateConv2DOptions(b.fbb(), tfl::Padding::VALID, 1, 1, tfl::ActivationFunctionType::NONE, 1, 1).Union();
  b.op(BuiltinOperator::CONV_2D, {in, w, c}, {out}, BuiltinOptions::Conv2DOptions, o);
  return error_of(b.finish({in}, {out}));
}

TEST(ImportCompute, Int16Conv) {
  EXPECT_EQ(conv16(TensorType::INT64, 0.01f), "");
  EXPECT_EQ(conv16(TensorType::INT32, 0.01f), "");
  EXPECT_TRUE(says(conv16(TensorType::FLOAT32, 0.01f), "bias may not be float32"));
  EXPECT_TRUE(says(conv16(TensorType::INT64, 100.0f), "a factor of 128 or more"));
}

}  // namespace
}  // namespace inlay::tools::test
