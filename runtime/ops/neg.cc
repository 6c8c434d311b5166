// SPDX-License-Identifier: Apache-2.0
// NEG: -x; int32 and int64 wrap around at the lowest.
#include "ops/table_util.h"

namespace inlay {
namespace {

int32_t quantized(const kernels::UnaryQuant& q, int32_t x) {
  return requantize(q.in_zero - x, q.in_scale / q.out_scale, q.out_zero, q.range);
}

float single(float x) { return -x; }

void s32(int64_t count, const int32_t* in, int32_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int32_t>(0u - static_cast<uint32_t>(in[i]));
}

void s64(int64_t count, const int64_t* in, int64_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int64_t>(uint64_t{0} - static_cast<uint64_t>(in[i]));
}

constexpr UnaryOp kOp = {kUnaryFloat | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64), nullptr, quantized, each_f32<single>, false,
                         Int16Form::kDirect, s32, s64};

}  // namespace

INLAY_DEFINE_UNARY(neg, NEG, kOp)

}  // namespace inlay
