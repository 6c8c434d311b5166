// SPDX-License-Identifier: Apache-2.0
#include "kernels/fully_connected.h"

#include "kernels/dot.h"
#include "kernels/int4.h"

namespace inlay::kernels {
namespace {

template <typename T>
inline T one_q8(const FullyConnectedShape& s, const ConvQuant& q, const T* input, const T* weights, int32_t c) {
  const uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
  const uint32_t acc = bias + dot_offset(input, q.input_zero, weights, q.weight_zero, s.in);
  return static_cast<T>(requantize(static_cast<int32_t>(acc), q.scales[c], q.output_zero, q.range));
}

/// value(input row, weights of the channel, channel) for every row and channel.
template <typename In, typename W, typename Out, typename Value>
inline void for_each_output(const FullyConnectedShape& s, const In* input, const W* weights, Out* output, Value value) {
  for (int32_t r = 0; r < s.rows; ++r, input += s.in) {
    const W* w = weights;
    for (int32_t c = 0; c < s.out; ++c, w += s.in) *output++ = value(input, w, c);
  }
}

}  // namespace

void fully_connected_s8(const FullyConnectedShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                        int8_t* output) {
  for_each_output(shape, input, weights, output,
                  [&](const int8_t* x, const int8_t* w, int32_t c) { return one_q8(shape, quant, x, w, c); });
}

void fully_connected_u8(const FullyConnectedShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                        uint8_t* output) {
  for_each_output(shape, input, weights, output,
                  [&](const uint8_t* x, const uint8_t* w, int32_t c) { return one_q8(shape, quant, x, w, c); });
}

void fully_connected_s8_w4(const FullyConnectedShape& s, const ConvQuant& quant, const int8_t* input, const uint8_t* weights,
                           int8_t* scratch, int8_t* output) {
  for (int32_t c = 0; c < s.out; ++c) {
    unpack_int4(weights, int64_t{c} * s.in, s.in, scratch);
    for (int64_t r = 0; r < s.rows; ++r) output[r * s.out + c] = one_q8(s, quant, input + r * s.in, scratch, c);
  }
}

void fully_connected_s16(const FullyConnectedShape& s, const ConvQuant16& q, const int16_t* input, const int8_t* weights,
                         int16_t* output) {
  for_each_output(s, input, weights, output, [&](const int16_t* x, const int8_t* w, int32_t c) {
    const uint64_t bias = q.bias != nullptr ? static_cast<uint64_t>(q.bias[c]) : 0;
    const auto acc = static_cast<int64_t>(bias + static_cast<uint64_t>(dot_wide(x, w, s.in)));
    return static_cast<int16_t>(requantize(acc, q.scales[c], q.range));
  });
}

void fully_connected_f32(const FullyConnectedShape& s, FloatRange range, const float* input, const float* weights,
                         const float* bias, float* output) {
  for_each_output(s, input, weights, output, [&](const float* x, const float* w, int32_t c) {
    return clamp(dot(x, w, s.in) + (bias != nullptr ? bias[c] : 0.0f), range);
  });
}

void fully_connected_hybrid(const FullyConnectedShape& s, const HybridScales& scales, FloatRange range, const float* input,
                            const int8_t* weights, const float* bias, int8_t* scratch, float* output) {
  for (int32_t r = 0; r < s.rows; ++r, input += s.in) {
    const HybridGroup group = hybrid_quantize(s.in, input, scratch);
    const int8_t* w = weights;
    for (int32_t c = 0; c < s.out; ++c, w += s.in) {
      const uint32_t acc = dot_offset(scratch, group.zero, w, 0, s.in);
      *output++ = hybrid_result(acc, group, scales.scales[c * scales.step], bias != nullptr ? bias[c] : 0.0f, range);
    }
  }
}

void fully_connected_hybrid_w4(const FullyConnectedShape& s, const HybridScales& scales, FloatRange range, const float* input,
                               const uint8_t* weights, const float* bias, int8_t* scratch, int8_t* filter, float* output) {
  for (int32_t r = 0; r < s.rows; ++r, input += s.in) {
    const HybridGroup group = hybrid_quantize(s.in, input, scratch);
    for (int32_t c = 0; c < s.out; ++c) {
      unpack_int4(weights, int64_t{c} * s.in, s.in, filter);
      const uint32_t acc = dot_offset(scratch, group.zero, filter, 0, s.in);
      *output++ = hybrid_result(acc, group, scales.scales[c * scales.step], bias != nullptr ? bias[c] : 0.0f, range);
    }
  }
}

}  // namespace inlay::kernels
