// SPDX-License-Identifier: Apache-2.0
// Hybrid (dynamic-range) arithmetic: float32 activations times int8 weights. Each group of activations, an image of a
// convolution or a row of a fully connected op, is quantized by its own range at run time, so that the sums are integer.
#pragma once
#include <cstdint>

#include "core/quant.h"

namespace inlay::kernels {

/// Scales of weights with zero point 0: channel c has scales[c * step], step being 0 (one for all) or 1.
struct HybridScales {
  const float* scales;
  int32_t step;
};

/// How one group was quantized: real = (q - zero) * inverse.
struct HybridGroup {
  float inverse;
  int32_t zero;
};

/// Quantizes `count` values to int8 by their own range, widened to hold 0. Safe for NaN and infinities, which give no
/// meaningful group.
HybridGroup hybrid_quantize(int64_t count, const float* in, int8_t* out);

/// Finishes a sum of (q - zero) * w. The order of the float operations is part of the definition (docs/numerics.md). `acc`
/// wraps at 2^32: unsigned, as a sum beyond int32 is then defined.
inline float hybrid_result(uint32_t acc, const HybridGroup& group, float weight_scale, float bias, FloatRange range) {
  const float sum = static_cast<float>(static_cast<int32_t>(acc)) * group.inverse;
  return clamp(sum * weight_scale + bias, range);
}

}  // namespace inlay::kernels
