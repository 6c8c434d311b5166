// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "gpu/op.h"

namespace inlay::gpu {

/// The numbers of an ADD of quantized values, as docs/numerics.md has it.
struct QuantizedSum {
  int32_t a_factor, b_factor, a_zero, b_zero, zero, shift, low, high;

  /// Whether sums of 8-bit values fit 32 bits: by sum_quantized() of kernels/pair.cl, else by sum_quantized_wide().
  bool is_narrow() const { return shift >= 1 && shift <= 30; }
};
/// Of a SUB: b_factor is negative. Throws Failure.
QuantizedSum quantized_sum(const Node& node);

}  // namespace inlay::gpu
