// SPDX-License-Identifier: Apache-2.0
// The one integer arithmetic of 8-bit tensors (docs/numerics.md), and the numbers that launches of convolutions take.
#pragma once
#include "kernels/cuda.cuh"
#include "kernels/q8_types.h"

namespace inlay::cuda {

/// q = clamp(rint(float(acc) * scale) + zero), ties to even; the clamp comes first, on integral bounds.
__device__ __forceinline__ int32_t requantize(int32_t acc, float scale, int32_t zero, int32_t low, int32_t high) {
  const float v = __fmul_rn(__int2float_rn(acc), scale);
  return __float2int_rn(fminf(fmaxf(v, static_cast<float>(low - zero)), static_cast<float>(high - zero))) + zero;
}

/// ADD of two 8-bit values.
__device__ __forceinline__ int32_t sum_quantized(int32_t x, int32_t y, const Sum8& s) {
  const int32_t acc = (x - s.a_zero) * s.a_factor + (y - s.b_zero) * s.b_factor;
  return min(max((acc + (1 << (s.shift - 1))) >> s.shift, s.low - s.zero), s.high - s.zero) + s.zero;
}

/// Byte i of a word as the tensor means it.
__device__ __forceinline__ int32_t byte_of(uint32_t word, int i, bool is_signed) {
  const uint32_t byte = word >> (8 * i) & 255u;
  return is_signed ? static_cast<int32_t>(static_cast<int8_t>(byte)) : static_cast<int32_t>(byte);
}

}  // namespace inlay::cuda
