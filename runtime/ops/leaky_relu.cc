// SPDX-License-Identifier: Apache-2.0
// LEAKY_RELU: x, or x * alpha where x is negative.
#include "ops/table_util.h"

namespace inlay {
namespace {

/// Factors with eight fraction bits, as LiteRT has it; where they do not fit, one float product.
int32_t quantized(const kernels::UnaryQuant& q, int32_t x) {
  const int32_t d = x - q.in_zero;
  const float positive = q.in_scale / q.out_scale;
  const float factor = d >= 0 ? positive : positive * q.param;
  const float size = factor < 0 ? -factor : factor;
  if (q.range.max > 255 || size < 1.0f / 256 || size > 128) return requantize(d, factor, q.out_zero, q.range);
  return (d * round_even(256 * factor) + q.out_zero * 256 + 128) >> 8;
}

void f32(int64_t count, float alpha, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = in[i] < 0 ? in[i] * alpha : in[i];
}

constexpr UnaryOp kOp = {kUnaryFloat, nullptr, quantized, f32, true, Int16Form::kDirect};

}  // namespace

INLAY_DEFINE_UNARY(leaky_relu, LEAKY_RELU, kOp)

}  // namespace inlay
