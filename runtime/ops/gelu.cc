// SPDX-License-Identifier: Apache-2.0
// GELU: x times the normal distribution; `alpha` 1 asks for the form with tanh, 0 for the exact one.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double tanh_form) {
  if (tanh_form == 0) return 0.5 * x * erfc_det64(x * -0.70710678118654752440);
  return x / (1 + exp_det64(-1.59576912160573071176 * (x + 0.044715 * x * x * x)));  // 2 sqrt(2 / pi)
}

void f32(int64_t count, float tanh_form, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) {
    const float x = in[i];
    out[i] = tanh_form == 0 ? static_cast<float>(real(static_cast<double>(x), 0))
                            : x * logistic_det(1.5957691216f * (x + 0.044715f * x * x * x));
  }
}

constexpr UnaryOp kOp = {kUnaryFloat, real, nullptr, f32, true};

}  // namespace

INLAY_DEFINE_UNARY(gelu, GELU, kOp)

}  // namespace inlay
