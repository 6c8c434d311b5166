// SPDX-License-Identifier: Apache-2.0
// EXP: e^x.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

constexpr UnaryOp kOp = {kUnaryFloat, each_f64<exp_det64>, nullptr, each_f32<exp_det>};

}  // namespace

INLAY_DEFINE_UNARY(exp, EXP, kOp)

}  // namespace inlay
