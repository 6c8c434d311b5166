// SPDX-License-Identifier: Apache-2.0
// Small models made for a measurement, without files.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "inlay/inlay.h"
#include "tools/graph/ir.h"

namespace inlay::tools {

/// A model in memory of its own.
class MadeModel {
 public:
  explicit MadeModel(const Model& model);
  const inlay_model* get() const { return model_; }

 private:
  std::vector<std::max_align_t> file_, tables_;
  inlay_model* model_ = nullptr;  // lies in tables_
};

/// `ins` inputs of `values` floats summed up by ADD, or one through a chain of `ops` RELUs, or one through `outs` RELUs beside each
/// other; inputs are outputs, too, so that nothing is written over them.
Model sum_model(int32_t ins, int32_t values);
Model chain_model(int32_t ops, int32_t values);
Model fan_model(int32_t outs, int32_t values);
/// A convolution of 3x3 over 14x14 positions, 64 channels to 64, or a depthwise one of 64 channels; int8 or float.
Model conv_model(bool depthwise, bool floats);

}  // namespace inlay::tools
