// SPDX-License-Identifier: Apache-2.0
// SIGN: -1, 0 or 1; a NaN stays.
#include "ops/table_util.h"

namespace inlay {
namespace {

float single(float x) { return x > 0 ? 1.0f : (x < 0 ? -1.0f : x); }

void s32(int64_t count, const int32_t* in, int32_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = (in[i] > 0) - (in[i] < 0);
}

constexpr UnaryOp kOp = {kFloat | dtype_bit(INLAY_INT32), nullptr, nullptr, each_f32<single>, false, Int16Form::kDirect, s32};

}  // namespace

INLAY_DEFINE_UNARY(sign, SIGN, kOp)

}  // namespace inlay
