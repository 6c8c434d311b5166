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

std::vector<int32_t> OpReader::intermediates() const {
  std::vector<int32_t> ids;
  for (uint32_t i = 0; i < size_of(source_.intermediates()); ++i) {
    ids.push_back(source_.intermediates()->Get(i));
    if (ids.back() < 0 || static_cast<size_t>(ids.back()) >= graph_.tensors.size()) fail("an intermediate tensor does not exist");
  }
  return ids;
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

Bytes OpReader::custom_options() const {
  const auto* from = source_.custom_options();
  return from == nullptr ? Bytes() : Bytes(from->begin(), from->end());
}

int32_t OpReader::add_tensor(const std::string& name, inlay_dtype dtype, Quant quant) const {
  Tensor t;
  t.name = name;
  t.dtype = dtype;
  t.quant = std::move(quant);
  return graph_.add(std::move(t));
}

int32_t OpReader::add_constant(const std::string& name, inlay_dtype dtype, std::vector<int32_t> shape, Bytes data,
                               Quant quant) const {
  Tensor t;
  t.name = name;
  t.dtype = dtype;
  t.quant = std::move(quant);
  t.shape = std::move(shape);
  t.data = std::make_shared<const Bytes>(std::move(data));
  return graph_.add(std::move(t));
}

int32_t OpReader::add_constant(const std::string& name, const std::vector<int32_t>& values) const {
  const auto* bytes = reinterpret_cast<const uint8_t*>(values.data());
  return add_constant(name, INLAY_INT32, {static_cast<int32_t>(values.size())}, Bytes(bytes, bytes + values.size() * sizeof(int32_t)));
}

void OpReader::emit(Node extra) const {
  if (extra.name.empty()) extra.name = node.name;
  emit_(std::move(extra));
}

void OpReader::become_constant(size_t i, std::vector<int32_t> shape, Bytes data) const {
  static_cast<void>(output(i));
  check_budget(data.size());
  if (graph_.fold_budget != nullptr) *graph_.fold_budget -= data.size();
  Tensor& t = graph_.tensors[static_cast<size_t>(node.outputs[i])];
  t.shape = std::move(shape);
  t.data = std::make_shared<const Bytes>(std::move(data));
  become_nothing();
}

void OpReader::check_budget(uint64_t bytes) const {
  if (graph_.fold_budget != nullptr && bytes > *graph_.fold_budget) {
    fail("the constants that this model has computed at convert time are too large for a file of its size");
  }
}

void OpReader::fail(const std::string& what) const { throw Error(source_name_ + ": " + what); }

ReadOp find_reader(int32_t builtin_code) {
  switch (static_cast<tfl::BuiltinOperator>(builtin_code)) {
#define INLAY_TFLITE_OP(builtin, function) \
  case tfl::BuiltinOperator::builtin:      \
    return function;
#include "tools/import/tflite/readers.inc"
#undef INLAY_TFLITE_OP
    default: return nullptr;
  }
}

ReadOp find_custom_reader([[maybe_unused]] const std::string& code) {
#define INLAY_TFLITE_CUSTOM(name, function) \
  if (code == name) return function;
#include "tools/import/tflite/readers_custom.inc"
#undef INLAY_TFLITE_CUSTOM
  return nullptr;
}

inlay_dims dims_of(const OpReader& r, const std::vector<int32_t>& values) {
  if (values.size() > INLAY_MAX_RANK) r.fail("its result has " + std::to_string(values.size()) + " dims, at most 8 are supported");
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(values.size());
  std::copy(values.begin(), values.end(), dims.dims);
  return dims;
}

}  // namespace inlay::tools::tflite_import
