// SPDX-License-Identifier: Apache-2.0
// The larger or the smaller of two values, with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "kernels/broadcast.h"

namespace inlay::kernels {

/// T: float, int8_t, uint8_t, int16_t, int32_t, int64_t. Where a comparison with a NaN decides, the result is b.
template <typename T>
void maximum(const Broadcast& plan, const T* a, const T* b, T* output);
template <typename T>
void minimum(const Broadcast& plan, const T* a, const T* b, T* output);

}  // namespace inlay::kernels
