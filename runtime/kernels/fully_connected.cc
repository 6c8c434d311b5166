// SPDX-License-Identifier: Apache-2.0
#include "kernels/fully_connected.h"

namespace inlay::kernels {
namespace {

/// Accumulates in uint32_t: a sum beyond int32 wraps, as defined, rather than being undefined behaviour.
template <typename T>
void fully_connected_q8(const FullyConnectedShape& s, const ConvQuant& q, const T* input, const T* weights, T* output) {
  for (int32_t r = 0; r < s.rows; ++r, input += s.in) {
    const T* w = weights;
    for (int32_t c = 0; c < s.out; ++c, w += s.in) {
      uint32_t acc = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
      for (int32_t i = 0; i < s.in; ++i) acc += static_cast<uint32_t>((input[i] - q.input_zero) * (w[i] - q.weight_zero));
      *output++ = static_cast<T>(requantize(static_cast<int32_t>(acc), q.scales[c], q.output_zero, q.range));
    }
  }
}

/// Eight partial sums: strict float arithmetic lets the compiler vectorize only an order that is written down.
float dot(const float* a, const float* b, int32_t n) {
  constexpr int32_t kLanes = 8;
  float lanes[kLanes] = {};
  int32_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int32_t j = 0; j < kLanes; ++j) lanes[j] += a[i + j] * b[i + j];
  }
  for (int32_t j = 0; i < n; ++i, ++j) lanes[j] += a[i] * b[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

}  // namespace

void fully_connected_s8(const FullyConnectedShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                        int8_t* output) {
  fully_connected_q8(shape, quant, input, weights, output);
}

void fully_connected_u8(const FullyConnectedShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                        uint8_t* output) {
  fully_connected_q8(shape, quant, input, weights, output);
}

void fully_connected_f32(const FullyConnectedShape& s, FloatRange range, const float* input, const float* weights,
                         const float* bias, float* output) {
  for (int32_t r = 0; r < s.rows; ++r, input += s.in) {
    const float* w = weights;
    for (int32_t c = 0; c < s.out; ++c, w += s.in) {
      *output++ = clamp(dot(input, w, s.in) + (bias != nullptr ? bias[c] : 0.0f), range);
    }
  }
}

void fully_connected_hybrid(const FullyConnectedShape& s, const HybridScales& scales, FloatRange range, const float* input,
                            const int8_t* weights, const float* bias, int8_t* scratch, float* output) {
  for (int32_t r = 0; r < s.rows; ++r, input += s.in) {
    const HybridGroup group = hybrid_quantize(s.in, input, scratch);
    const int8_t* w = weights;
    for (int32_t c = 0; c < s.out; ++c, w += s.in) {
      uint32_t acc = 0;
      for (int32_t i = 0; i < s.in; ++i) acc += static_cast<uint32_t>((scratch[i] - group.zero) * w[i]);
      *output++ = hybrid_result(acc, group, scales.scales[c * scales.step], bias != nullptr ? bias[c] : 0.0f, range);
    }
  }
}

}  // namespace inlay::kernels
