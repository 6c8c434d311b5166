// SPDX-License-Identifier: Apache-2.0
// How far one output is from what was expected.
#pragma once
#include <optional>
#include <string>

#include "inlay/inlay.h"

namespace inlay::conformance {

struct Difference {
  double largest = 0;  ///< integers: quanta; floats: part of the largest expected value
  bool is_float = false;
  std::string failure;  ///< empty: within the tolerance
};

/// Compares info.bytes bytes. tolerance: that of the case, or none for the default of README.md. halves: floats
/// may have been kept as halves.
Difference compare(const inlay_tensor_info& info, const void* got, const void* expected, std::optional<double> tolerance,
                   bool halves);

}  // namespace inlay::conformance
