// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/op_reader.h"

#include <algorithm>
#include <cstring>

namespace inlay::tools::tflite_import {

const Tensor& OpReader::input(size_t i) const {
  if (!has_input(i)) fail("input " + std::to_string(i) + " is missing");
  return graph_.tensors[static_cast<size_t>(node.inputs[i])];
}

const Tensor& OpReader::output(size_t i) const {
  if (i >= node.outputs.size()) fail("output " + std::to_string(i) + " is missing");
  return graph_.tensors[static_cast<size_t>(node.outputs[i])];
}

std::vector<int32_t> OpReader::constant_ints(size_t i, const char* what, size_t max) const {
  const Tensor& t = input(i);
  if (!t.is_constant()) {
    fail(std::string(what) + " must be a constant, but tensor '" + t.name + "' is computed (export with fixed shapes)");
  }
  const size_t width = t.dtype == INLAY_INT64 ? 8 : 4;
  if (t.dtype != INLAY_INT32 && t.dtype != INLAY_INT64) {
    fail(std::string(what) + " must be int32 or int64, tensor '" + t.name + "' is " + inlay_dtype_name(t.dtype));
  }
  const size_t count = t.data->size() / width;
  if (count > max) fail(std::string(what) + " has " + std::to_string(count) + " values, expected at most " + std::to_string(max));
  std::vector<int32_t> values;
  for (size_t k = 0; k < count; ++k) {
    int64_t wide = 0;
    int32_t narrow = 0;
    if (width == 8) {
      std::memcpy(&wide, t.data->data() + k * 8, 8);
    } else {
      std::memcpy(&narrow, t.data->data() + k * 4, 4);
      wide = narrow;
    }
    // Some writers say "to the end" by the largest int64.
    values.push_back(static_cast<int32_t>(std::clamp<int64_t>(wide, INT32_MIN, INT32_MAX)));
  }
  return values;
}

void OpReader::activation(tfl::ActivationFunctionType function) const {
  switch (function) {
    case tfl::ActivationFunctionType::NONE: node.activation = INLAY_ACT_NONE; return;
    case tfl::ActivationFunctionType::RELU: node.activation = INLAY_ACT_RELU; return;
    case tfl::ActivationFunctionType::RELU6: node.activation = INLAY_ACT_RELU6; return;
    case tfl::ActivationFunctionType::RELU_N1_TO_1: node.activation = INLAY_ACT_RELU_N1_TO_1; return;
    case tfl::ActivationFunctionType::TANH: node.activation = INLAY_ACT_TANH; return;
    default: break;
  }
  const char* name = tfl::EnumNameActivationFunctionType(function);
  fail(std::string("the fused activation ") + (name[0] != '\0' ? name : std::to_string(static_cast<int>(function))) +
       " is not supported; expected NONE, RELU, RELU6, RELU_N1_TO_1 or TANH");
}

int32_t OpReader::axis(int32_t axis, size_t rank) const {
  const auto limit = static_cast<int32_t>(rank);
  if (axis < -limit || axis >= limit) {
    fail("axis " + std::to_string(axis) + " lies outside a tensor of " + std::to_string(rank) + " dims");
  }
  return axis < 0 ? axis + limit : axis;
}

void OpReader::fail(const std::string& what) const { throw Error(source_name_ + ": " + what); }

ReadOp find_reader(int32_t builtin_code) {
  using Op = tfl::BuiltinOperator;
  static const struct {
    Op op;
    ReadOp read;
  } table[] = {
      {Op::ADD, read_add},
      {Op::ARG_MAX, read_arg_max},
      {Op::AVERAGE_POOL_2D, read_average_pool},
      {Op::CONCATENATION, read_concatenation},
      {Op::CONV_2D, read_conv},
      {Op::DEPTHWISE_CONV_2D, read_depthwise_conv},
      {Op::DEQUANTIZE, read_dequantize},
      {Op::EXPAND_DIMS, read_expand_dims},
      {Op::FULLY_CONNECTED, read_fully_connected},
      {Op::LOGISTIC, read_logistic},
      {Op::MAX_POOL_2D, read_max_pool},
      {Op::MEAN, read_mean},
      {Op::MIRROR_PAD, read_mirror_pad},
      {Op::PAD, read_pad},
      {Op::PADV2, read_padv2},
      {Op::PRELU, read_prelu},
      {Op::QUANTIZE, read_quantize},
      {Op::RELU, read_relu},
      {Op::RELU6, read_relu6},
      {Op::RELU_N1_TO_1, read_relu_n1_to_1},
      {Op::RESHAPE, read_reshape},
      {Op::RESIZE_BILINEAR, read_resize_bilinear},
      {Op::SOFTMAX, read_softmax},
      {Op::SQUEEZE, read_squeeze},
  };
  for (const auto& row : table) {
    if (static_cast<int32_t>(row.op) == builtin_code) return row.read;
  }
  return nullptr;
}

}  // namespace inlay::tools::tflite_import
