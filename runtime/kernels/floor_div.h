// SPDX-License-Identifier: Apache-2.0
// Division rounded down and its remainder, with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "kernels/broadcast.h"

namespace inlay::kernels {

/// floor(a / b). T: float, int8_t, int16_t, int32_t; integers: no b may be 0, the lowest value / -1 wraps around to itself.
template <typename T>
void floor_div(const Broadcast& plan, const T* a, const T* b, T* output);
/// a - b * floor(a / b), exact, with the sign of b. T: float, int8_t, int16_t, int32_t, int64_t; integers: no b may be 0.
template <typename T>
void floor_mod(const Broadcast& plan, const T* a, const T* b, T* output);

}  // namespace inlay::kernels
