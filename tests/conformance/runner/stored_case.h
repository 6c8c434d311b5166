// SPDX-License-Identifier: Apache-2.0
// The files of data/, as generate.py writes them.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::conformance {

struct StoredCase {
  std::string name;    ///< unique in its file
  std::string source;  ///< the TFLite operator, "MUL" or "CUSTOM:Name"
  std::string about;   ///< tensors and options, for people
  int steps = 1;       ///< runs that share state
  std::optional<double> tolerance;
  std::vector<std::vector<int32_t>> shapes;            ///< of the outputs
  std::map<std::string, std::vector<int32_t>> resize;  ///< shapes of inputs, by name, instead of the model's
  tools::Bytes model;                                  ///< a .tflite file
  tools::Bytes in, out;                                ///< step by step, tensor by tensor
};

struct StoredOp {
  std::string name;               ///< NAME of ops.inc; a file of another name: that, in capitals
  uint16_t kind = INLAY_OP_NONE;  ///< NONE: the file belongs to no single op
  std::vector<StoredCase> cases;
};

/// Reads data/<symbol>.json. Throws tools::Error.
StoredOp read_cases(const std::string& path);

}  // namespace inlay::conformance
