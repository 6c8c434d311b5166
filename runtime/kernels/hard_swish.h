// SPDX-License-Identifier: Apache-2.0
// HARD_SWISH of 8-bit values in 16-bit fixed point, as LiteRT and phones' DSPs compute it. Detectors chain dozens of them, so a
// quantum more or less here becomes many at their end.
#pragma once
#include "kernels/table.h"

namespace inlay::kernels {

/// The stored result for stored value `x`, before the clamp to the dtype.
int32_t hard_swish_q8(const UnaryQuant& quant, int32_t x);

}  // namespace inlay::kernels
