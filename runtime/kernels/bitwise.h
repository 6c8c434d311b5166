// SPDX-License-Identifier: Apache-2.0
// Logic on booleans and bits, with broadcasting. output may lie over an operand that has as many elements.
#pragma once
#include <cstdint>

#include "kernels/broadcast.h"

namespace inlay::kernels {

/// Booleans: any byte but 0 is true; results are 1 or 0.
void logical_and(const Broadcast& plan, const uint8_t* a, const uint8_t* b, uint8_t* output);
void logical_or(const Broadcast& plan, const uint8_t* a, const uint8_t* b, uint8_t* output);

/// T: uint8_t, uint16_t, uint32_t; signed types by their bits.
template <typename T>
void bitwise_xor(const Broadcast& plan, const T* a, const T* b, T* output);

/// a >> b, b brought into 0 .. bits - 1 first; signed values keep their sign. T: an integer of 8, 16 or 32 bits.
template <typename T>
void right_shift(const Broadcast& plan, const T* a, const T* b, T* output);

}  // namespace inlay::kernels
