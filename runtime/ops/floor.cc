// SPDX-License-Identifier: Apache-2.0
// FLOOR.
#include <cmath>

#include "ops/table_util.h"

namespace inlay {
namespace {

float single(float x) { return std::floor(x); }

constexpr UnaryOp kOp = {kFloat, nullptr, nullptr, each_f32<single>};

}  // namespace

INLAY_DEFINE_UNARY(floor, FLOOR, kOp)

}  // namespace inlay
