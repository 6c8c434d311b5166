// SPDX-License-Identifier: Apache-2.0
// LOGISTIC: 1 / (1 + e^-x); int16 outputs have the scale 1/32768.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double) { return 1 / (1 + exp_det64(-x)); }

constexpr UnaryOp kOp = {kUnaryFloat, real, nullptr, each_f32<logistic_det>, false, Int16Form::kLogistic};

}  // namespace

INLAY_DEFINE_UNARY(logistic, LOGISTIC, kOp)

}  // namespace inlay
