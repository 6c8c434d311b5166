// SPDX-License-Identifier: Apache-2.0
// ELU: x, or e^x - 1 where x is negative.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double) { return x < 0 ? exp_det64(x) - 1 : x; }

float single(float x) {
  const float t = tanh_det(0.5f * x);  // e^x - 1 = 2t / (1 - t): keeps its digits near 0
  return x < 0 ? 2.0f * t / (1.0f - t) : x;
}

constexpr UnaryOp kOp = {kUnaryFloat, real, nullptr, each_f32<single>};

}  // namespace

INLAY_DEFINE_UNARY(elu, ELU, kOp)

}  // namespace inlay
