// SPDX-License-Identifier: Apache-2.0
// LOG: the natural logarithm; a quantized value of 0 or less becomes the lowest.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

double log_or_lowest(double x, double) { return x > 0 ? log_det64(x) : -__builtin_huge_val(); }

constexpr UnaryOp kOp = {kUnaryFloat, log_or_lowest, nullptr, each_f32<log_det>};

}  // namespace

INLAY_DEFINE_UNARY(log, LOG, kOp)

}  // namespace inlay
