// SPDX-License-Identifier: Apache-2.0
// COS: the cosine of radians.
#include "core/math.h"
#include "ops/table_util.h"

namespace inlay {
namespace {

constexpr UnaryOp kOp = {kFloat, nullptr, nullptr, each_f32<cos_det>};

}  // namespace

INLAY_DEFINE_UNARY(cos, COS, kOp)

}  // namespace inlay
