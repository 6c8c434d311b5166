// SPDX-License-Identifier: Apache-2.0
#include "kernels/mul.h"

namespace inlay::kernels {

template <typename T>
void mul_quant(const Broadcast& plan, const MulQuant& quant, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [q = quant](T x, T y) {
    return static_cast<T>(requantize((x - q.a_zero) * (y - q.b_zero), q.scale, q.output_zero, q.range));
  });
}

void mul_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output) {
  for_each_pair(plan, a, b, output, [=](float x, float y) { return clamp(x * y, range); });
}

template <typename T>
void mul_int(const Broadcast& plan, IntRange range, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [=](T x, T y) { return clamp(wrap_mul(x, y), range); });
}

template <typename T>
void div_quant(const Broadcast& plan, const MulQuant& quant, const T* a, const T* b, T* output) {
  const auto low = static_cast<float>(quant.range.min - quant.output_zero);
  const auto high = static_cast<float>(quant.range.max - quant.output_zero);
  for_each_pair(plan, a, b, output, [=, q = quant](T x, T y) {
    float v = static_cast<float>(x - q.a_zero) * q.scale / static_cast<float>(y - q.b_zero);
    v += v < 0.0f ? -0.5f : 0.5f;
    v = v > low ? v : low;
    v = v < high ? v : high;
    return static_cast<T>(static_cast<int32_t>(v) + q.output_zero);
  });
}

void div_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output) {
  for_each_pair(plan, a, b, output, [=](float x, float y) { return clamp(x / y, range); });
}

void div_s32(const Broadcast& plan, IntRange range, const int32_t* a, const int32_t* b, int32_t* output) {
  for_each_pair(plan, a, b, output, [=](int32_t x, int32_t y) {
    const int32_t v = y != -1 ? x / y : x == INT32_MIN ? INT32_MAX : -x;
    return clamp(v, range);
  });
}

template void mul_quant(const Broadcast&, const MulQuant&, const int8_t*, const int8_t*, int8_t*);
template void mul_quant(const Broadcast&, const MulQuant&, const uint8_t*, const uint8_t*, uint8_t*);
template void mul_quant(const Broadcast&, const MulQuant&, const int16_t*, const int16_t*, int16_t*);
template void mul_int(const Broadcast&, IntRange, const int16_t*, const int16_t*, int16_t*);
template void mul_int(const Broadcast&, IntRange, const int32_t*, const int32_t*, int32_t*);
template void mul_int(const Broadcast&, IntRange, const uint32_t*, const uint32_t*, uint32_t*);
template void mul_int(const Broadcast&, IntRange, const int64_t*, const int64_t*, int64_t*);
template void div_quant(const Broadcast&, const MulQuant&, const int8_t*, const int8_t*, int8_t*);
template void div_quant(const Broadcast&, const MulQuant&, const uint8_t*, const uint8_t*, uint8_t*);
template void div_quant(const Broadcast&, const MulQuant&, const int16_t*, const int16_t*, int16_t*);

}  // namespace inlay::kernels
