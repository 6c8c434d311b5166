// SPDX-License-Identifier: Apache-2.0
// HARD_SWISH: x * clamp(x / 6 + 1/2, 0, 1).
#include "kernels/hard_swish.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double) {
  const double gate = x + 3 < 0 ? 0 : (x + 3 > 6 ? 6 : x + 3);
  return x * gate / 6;
}

float single(float x) { return x * clamp(x * (1.0f / 6.0f) + 0.5f, {0.0f, 1.0f}); }

constexpr UnaryOp kOp = {kUnaryFloat, real, kernels::hard_swish_q8, each_f32<single>};

}  // namespace

INLAY_DEFINE_UNARY(hard_swish, HARD_SWISH, kOp)

}  // namespace inlay
