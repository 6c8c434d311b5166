// SPDX-License-Identifier: Apache-2.0
// ABS: the absolute value; int32 wraps around at the lowest.
#include "ops/table_util.h"

namespace inlay {
namespace {

int32_t quantized(const kernels::UnaryQuant& q, int32_t x) {
  const int32_t d = x - q.in_zero;
  return requantize(d < 0 ? -d : d, q.in_scale / q.out_scale, q.out_zero, q.range);
}

float single(float x) { return __builtin_fabsf(x); }

void s32(int64_t count, const int32_t* in, int32_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = in[i] < 0 ? static_cast<int32_t>(0u - static_cast<uint32_t>(in[i])) : in[i];
}

constexpr UnaryOp kOp = {kUnaryFloat | dtype_bit(INLAY_INT32), nullptr, quantized, each_f32<single>, false, Int16Form::kDirect, s32};

}  // namespace

INLAY_DEFINE_UNARY(abs, ABS, kOp)

}  // namespace inlay
