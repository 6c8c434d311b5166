// SPDX-License-Identifier: Apache-2.0
// Pseudo-random inputs, the same bits on every machine.
#pragma once
#include "tools/graph/ir.h"

namespace inlay::tools {

/// Floats lie in [-1, 1); 8- and 16-bit integers and int4 take all values; wider integers and bool 0 or 1, since they are
/// often indices. `seed` makes the inputs of a model differ.
Bytes random_input(const inlay_tensor_info& info, int32_t seed);

}  // namespace inlay::tools
