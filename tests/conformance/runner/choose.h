// SPDX-License-Identifier: Apache-2.0
// Which of the stored cases to run.
#pragma once
#include <string>
#include <vector>

#include "conformance/runner/case_run.h"

namespace inlay::conformance {

struct Choice {
  std::string only_case;  ///< empty: all
  int32_t max_bytes = 0;   ///< of a case's model, inputs and expected outputs; 0: any
  int limit = 0;          ///< of each op and its dtypes, so many of those that a device takes, evenly spread; 0: all
};

/// Removes the other cases, and ops without any. Throws tools::Error when none is left.
void choose_cases(const Choice& choice, const std::vector<Device>& devices, std::vector<StoredOp>* ops);

}  // namespace inlay::conformance
