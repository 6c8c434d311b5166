// SPDX-License-Identifier: Apache-2.0
// ROUND: ties to even.
#include <cmath>

#include "ops/table_util.h"

namespace inlay {
namespace {

float single(float x) { return std::nearbyint(x); }

constexpr UnaryOp kOp = {kFloat, nullptr, nullptr, each_f32<single>};

}  // namespace

INLAY_DEFINE_UNARY(round, ROUND, kOp)

}  // namespace inlay
