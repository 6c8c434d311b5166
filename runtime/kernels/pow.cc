// SPDX-License-Identifier: Apache-2.0
#include "kernels/pow.h"

#include "core/math2.h"
#include "kernels/wrap.h"

namespace inlay::kernels {
namespace {

int32_t power(int32_t base, int32_t exponent) {
  int32_t v = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) v = wrap_mul(v, base);
    base = wrap_mul(base, base);
  }
  return v;
}

}  // namespace

void pow_f32(const Broadcast& plan, const float* a, const float* b, float* output) {
  // What pow_det gives, in loops that vectorize.
  const bool one_exponent = plan.rank == 1 && plan.b_stride[0] == 0;
  if (one_exponent && *b == 2.0f) {
    for (int64_t i = 0; i < plan.dims[0]; ++i) output[i] = a[i] * a[i];
    return;
  }
  if (one_exponent && *b == 3.0f) {
    for (int64_t i = 0; i < plan.dims[0]; ++i) output[i] = cube(a[i]);
    return;
  }
  for_each_pair(plan, a, b, output, [](float x, float y) { return pow_det(x, y); });
}

void pow_s32(const Broadcast& plan, const int32_t* a, const int32_t* b, int32_t* output) {
  for_each_pair(plan, a, b, output, [](int32_t x, int32_t y) { return power(x, y); });
}

void atan2_f32(const Broadcast& plan, const float* a, const float* b, float* output) {
  for_each_pair(plan, a, b, output, [](float x, float y) { return atan2_det(x, y); });
}

}  // namespace inlay::kernels
