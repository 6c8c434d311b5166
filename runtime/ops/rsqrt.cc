// SPDX-License-Identifier: Apache-2.0
// RSQRT: 1 / sqrt x; a quantized value of 0 or less becomes the highest.
#include <cmath>

#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double) { return x > 0 ? 1.0 / std::sqrt(x) : __builtin_huge_val(); }

void f32(int64_t count, float, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = 1.0f / std::sqrt(in[i]);
}

constexpr UnaryOp kOp = {kUnaryFloat, real, nullptr, f32};

}  // namespace

INLAY_DEFINE_UNARY(rsqrt, RSQRT, kOp)

}  // namespace inlay
