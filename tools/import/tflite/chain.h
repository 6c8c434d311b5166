// SPDX-License-Identifier: Apache-2.0
// Source ops that become several nodes in a row.
#pragma once
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

/// Puts nodes in front of the reader's own, which ends the chain. References from the reader's input() and output() die.
class Chain {
 public:
  explicit Chain(OpReader& reader) : r_(reader) {}

  /// The value of a new node, in the dtype and quantization of its first input.
  int32_t then(uint16_t kind, const std::vector<int32_t>& inputs, Params params = {});
  /// The same in another dtype.
  int32_t then_as(inlay_dtype dtype, uint16_t kind, const std::vector<int32_t>& inputs, Params params = {});
  /// The reader's node itself.
  void last(uint16_t kind, const std::vector<int32_t>& inputs, Params params = {});

  int32_t number(float value);
  int32_t reshaped(int32_t id, const std::vector<int32_t>& shape);
  const std::vector<int32_t>& shape(int32_t id) const { return r_.graph().tensors[static_cast<size_t>(id)].shape; }

 private:
  std::string next_name();

  OpReader& r_;
  int count_ = 0;
};

/// A list of dims as params.
inlay_dims dims_params(const OpReader& r, const std::vector<int32_t>& values);

}  // namespace inlay::tools::tflite_import
