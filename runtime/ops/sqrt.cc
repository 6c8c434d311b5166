// SPDX-License-Identifier: Apache-2.0
// SQRT; quantized results are cut off toward zero as LiteRT does, and negative values count as 0.
#include <cmath>

#include "ops/table_util.h"

namespace inlay {
namespace {

int32_t quantized(const kernels::UnaryQuant& q, int32_t x) {
  const float v = static_cast<float>(x - q.in_zero) * q.in_scale;
  const float root = v > 0 ? std::sqrt(v) / q.out_scale : 0.0f;
  return static_cast<int32_t>(root < 131072.0f ? root : 131072.0f) + q.out_zero;
}

void f32(int64_t count, float, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = std::sqrt(in[i]);
}

constexpr UnaryOp kOp = {kUnaryFloat, nullptr, quantized, f32, false, Int16Form::kDirect};

}  // namespace

INLAY_DEFINE_UNARY(sqrt, SQRT, kOp)

}  // namespace inlay
