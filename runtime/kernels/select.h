// SPDX-License-Identifier: Apache-2.0
// condition ? a : b, the three broadcasting. output may lie over an operand that has as many elements, of the same size.
#pragma once
#include <cstdint>

#include "kernels/broadcast.h"

namespace inlay::kernels {

/// The plan's operands: condition, a, b. Any condition byte but 0 chooses a. T: an unsigned integer of the elements' size.
template <typename T>
void select(const Broadcast3& plan, const uint8_t* condition, const T* a, const T* b, T* output);

}  // namespace inlay::kernels
