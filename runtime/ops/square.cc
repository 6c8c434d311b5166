// SPDX-License-Identifier: Apache-2.0
// SQUARE: x * x.
#include "ops/table_util.h"

namespace inlay {
namespace {

double real(double x, double) { return x * x; }
float single(float x) { return x * x; }

constexpr UnaryOp kOp = {kUnaryFloat, real, nullptr, each_f32<single>};

}  // namespace

INLAY_DEFINE_UNARY(square, SQUARE, kOp)

}  // namespace inlay
