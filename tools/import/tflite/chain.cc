// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/chain.h"

#include <algorithm>
#include <cstring>

namespace inlay::tools::tflite_import {

std::string Chain::next_name() { return r_.node.name + "/" + std::to_string(count_++); }

int32_t Chain::then_as(inlay_dtype dtype, uint16_t kind, const std::vector<int32_t>& inputs, Params params) {
  const Tensor& first = r_.graph().tensors[static_cast<size_t>(inputs[0])];
  Node node;
  node.kind = kind;
  node.inputs = inputs;
  node.outputs = {r_.add_tensor(next_name(), dtype, dtype == first.dtype ? first.quant : Quant())};
  node.params = std::move(params);
  const int32_t result = node.outputs[0];
  r_.emit(std::move(node));
  return result;
}

int32_t Chain::then(uint16_t kind, const std::vector<int32_t>& inputs, Params params) {
  return then_as(r_.graph().tensors[static_cast<size_t>(inputs[0])].dtype, kind, inputs, std::move(params));
}

void Chain::last(uint16_t kind, const std::vector<int32_t>& inputs, Params params) {
  r_.node.kind = kind;
  r_.node.inputs = inputs;
  r_.node.params = std::move(params);
}

int32_t Chain::number(float value) {
  Bytes bytes(sizeof(value));
  std::memcpy(bytes.data(), &value, sizeof(value));
  return r_.add_constant(next_name(), INLAY_FLOAT32, {}, std::move(bytes));
}

int32_t Chain::reshaped(int32_t id, const std::vector<int32_t>& shape) { return then(INLAY_OP_RESHAPE, {id}, dims_params(r_, shape)); }

inlay_dims dims_params(const OpReader& r, const std::vector<int32_t>& values) {
  if (values.size() > INLAY_MAX_RANK) r.fail("its result has " + std::to_string(values.size()) + " dims, at most 8 are supported");
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(values.size());
  std::copy(values.begin(), values.end(), dims.dims);
  return dims;
}

}  // namespace inlay::tools::tflite_import
