// SPDX-License-Identifier: Apache-2.0
// TANH; int16 outputs have the scale 1/32768.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double) {
  const double e = exp_det64(x < 0 ? 2 * x : -2 * x);
  return (x < 0 ? e - 1 : 1 - e) / (1 + e);
}

constexpr UnaryOp kOp = {kUnaryFloat, real, nullptr, each_f32<tanh_det>, false, Int16Form::kTanh};

}  // namespace

INLAY_DEFINE_UNARY(tanh, TANH, kOp)

}  // namespace inlay
