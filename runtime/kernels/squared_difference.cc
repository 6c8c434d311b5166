// SPDX-License-Identifier: Apache-2.0
#include "kernels/squared_difference.h"

#include "kernels/wrap.h"

namespace inlay::kernels {

bool make_squared_difference(float a_scale, float b_scale, float output_scale, SquaredDifferenceQuant* quant) {
  const float larger = a_scale > b_scale ? a_scale : b_scale;
  const float unit = 2097152.0f;  // 2^21
  quant->a_factor = round_even(a_scale / larger * unit);
  quant->b_factor = round_even(b_scale / larger * unit);
  quant->scale = larger / output_scale * larger * (1.0f / 4096.0f);
  return quant->scale < 1.2e30f;  // false for an infinite one
}

void squared_difference_s8(const Broadcast& plan, const SquaredDifferenceQuant& quant, const int8_t* a, const int8_t* b,
                           int8_t* output) {
  for_each_pair(plan, a, b, output, [q = quant](int8_t x, int8_t y) {
    // |x - zero| <= 255: the products stay below 2^29, the difference below 2^15.
    const int32_t u = ((x - q.a_zero) * q.a_factor + (1 << 14)) >> 15;
    const int32_t v = ((y - q.b_zero) * q.b_factor + (1 << 14)) >> 15;
    return static_cast<int8_t>(requantize((u - v) * (u - v), q.scale, q.output_zero, q.range));
  });
}

void squared_difference_f32(const Broadcast& plan, const float* a, const float* b, float* output) {
  for_each_pair(plan, a, b, output, [](float x, float y) { return (x - y) * (x - y); });
}

void squared_difference_s32(const Broadcast& plan, const int32_t* a, const int32_t* b, int32_t* output) {
  for_each_pair(plan, a, b, output, [](int32_t x, int32_t y) { return wrap_mul(wrap_sub(x, y), wrap_sub(x, y)); });
}

}  // namespace inlay::kernels
