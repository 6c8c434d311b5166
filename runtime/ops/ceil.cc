// SPDX-License-Identifier: Apache-2.0
// CEIL.
#include <cmath>

#include "ops/table_util.h"

namespace inlay {
namespace {

float single(float x) { return std::ceil(x); }

constexpr UnaryOp kOp = {kFloat, nullptr, nullptr, each_f32<single>};

}  // namespace

INLAY_DEFINE_UNARY(ceil, CEIL, kOp)

}  // namespace inlay
