// SPDX-License-Identifier: Apache-2.0
// Between dtypes, by way of int64 (integers, bool) or double (floats), a block at a time. In place for equal sizes.
#pragma once
#include <cstdint>

#include "inlay/inlay.h"

namespace inlay::kernels {

/// float32, float16, float64, int8, uint8, int16, uint16, int32, uint32, int64, bool.
bool can_cast(uint32_t dtype);

/// Floats to integers: toward zero, what does not fit becomes the nearest end, a NaN the highest. Integers to narrower integers:
/// the low bits. To bool: whether it is not 0. To float16: nearest, ties to even.
void cast(uint32_t from, uint32_t to, int64_t count, const void* in, void* out);

}  // namespace inlay::kernels
