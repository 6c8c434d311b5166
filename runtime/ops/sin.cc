// SPDX-License-Identifier: Apache-2.0
// SIN: the sine of radians.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

constexpr UnaryOp kOp = {kFloat, nullptr, nullptr, each_f32<sin_det>};

}  // namespace

INLAY_DEFINE_UNARY(sin, SIN, kOp)

}  // namespace inlay
