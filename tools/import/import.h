// SPDX-License-Identifier: Apache-2.0
// Reading other formats into the mutable model.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

struct ImportOptions {
  /// --shape NAME=1x3x224x224: fixes an input's shape. Inputs without an entry keep their shape, unknown dims become 1.
  std::map<std::string, std::vector<int32_t>> shapes;
  /// Custom ops that the user will register: they become CUSTOM nodes with the file's options and output shapes.
  std::set<std::string> custom_ops;
};

/// Reads a .tflite file: verified, shapes inferred, options canonical (pads explicit, shapes and axes in params, activations
/// fused as the file has them). Throws Error; ops Inlay lacks are all named, with node and index, in one message.
Model import_tflite(const Bytes& file, const ImportOptions& options);

}  // namespace inlay::tools
