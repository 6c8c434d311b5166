// SPDX-License-Identifier: Apache-2.0
#include "kernels/relu.h"

namespace inlay::kernels {
namespace {

template <typename T>
void prelu_q8(const Broadcast& plan, const PreluQuant& quant, const T* in, const T* alpha, T* out) {
  for_each_pair(plan, in, alpha, out, [q = quant](T x, T a) {
    const int32_t d = x - q.in_zero, scaled = d * (a - q.alpha_zero);  // computed in any case: the loop vectorizes
    const int32_t acc = d >= 0 ? d : scaled;
    return static_cast<T>(requantize(acc, d >= 0 ? q.ratio : q.alpha_ratio, q.out_zero, q.range));
  });
}

}  // namespace

void relu_f32(int64_t count, FloatRange range, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = clamp(in[i], range);
}

void prelu_f32(const Broadcast& plan, const float* in, const float* alpha, float* out) {
  for_each_pair(plan, in, alpha, out, [](float x, float a) {
    const float scaled = x * a;
    return x >= 0.0f ? x : scaled;
  });
}

void prelu_s8(const Broadcast& plan, const PreluQuant& quant, const int8_t* in, const int8_t* alpha, int8_t* out) {
  prelu_q8(plan, quant, in, alpha, out);
}

void prelu_u8(const Broadcast& plan, const PreluQuant& quant, const uint8_t* in, const uint8_t* alpha, uint8_t* out) {
  prelu_q8(plan, quant, in, alpha, out);
}

}  // namespace inlay::kernels
