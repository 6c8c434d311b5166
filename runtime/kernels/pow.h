// SPDX-License-Identifier: Apache-2.0
// Functions of two reals with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "kernels/broadcast.h"

namespace inlay::kernels {

void pow_f32(const Broadcast& plan, const float* a, const float* b, float* output);
/// Wraps around on overflow. No b may be negative.
void pow_s32(const Broadcast& plan, const int32_t* a, const int32_t* b, int32_t* output);

/// The angle of the point (b, a).
void atan2_f32(const Broadcast& plan, const float* a, const float* b, float* output);

}  // namespace inlay::kernels
