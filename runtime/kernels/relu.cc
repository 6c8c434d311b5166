// SPDX-License-Identifier: Apache-2.0
#include "kernels/relu.h"

namespace inlay::kernels {
namespace {

template <typename T, typename Value>
inline void prelu_rows(const Broadcast& plan, const T* in, const T* alpha, T* out, Value value) {
  for_each_row(plan, [&](int64_t ai, int64_t bi, int64_t oi, int64_t count, int64_t a_step, int64_t b_step) {
    for (int64_t i = 0; i < count; ++i) out[oi + i] = value(in[ai + i * a_step], alpha[bi + i * b_step]);
  });
}

template <typename T>
void prelu_q8(const Broadcast& plan, const PreluQuant& q, const T* in, const T* alpha, T* out) {
  prelu_rows(plan, in, alpha, out, [&](T x, T a) {
    const int32_t d = x - q.in_zero;
    const int32_t acc = d >= 0 ? d : d * (a - q.alpha_zero);
    return static_cast<T>(requantize(acc, d >= 0 ? q.ratio : q.alpha_ratio, q.out_zero, q.range));
  });
}

}  // namespace

void relu_f32(int64_t count, FloatRange range, const float* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = clamp(in[i], range);
}

void prelu_f32(const Broadcast& plan, const float* in, const float* alpha, float* out) {
  prelu_rows(plan, in, alpha, out, [](float x, float a) { return x >= 0.0f ? x : x * a; });
}

void prelu_s8(const Broadcast& plan, const PreluQuant& quant, const int8_t* in, const int8_t* alpha, int8_t* out) {
  prelu_q8(plan, quant, in, alpha, out);
}

void prelu_u8(const Broadcast& plan, const PreluQuant& quant, const uint8_t* in, const uint8_t* alpha, uint8_t* out) {
  prelu_q8(plan, quant, in, alpha, out);
}

}  // namespace inlay::kernels
