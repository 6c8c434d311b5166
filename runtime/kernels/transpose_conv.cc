// SPDX-License-Identifier: Apache-2.0
#include "kernels/transpose_conv.h"

#include "kernels/dot.h"
#include "kernels/reach.h"

namespace inlay::kernels {
namespace {

/// Computes every output value. sum(runs, channel) gives it; runs(tap) calls tap(input pixel, weights, in_c) for each pair.
template <typename In, typename W, typename Out, typename Sum>
inline void for_each_output(const ConvShape& s, const In* input, const W* weights, Out* output, Sum sum) {
  const int64_t filter_elems = static_cast<int64_t>(s.filter_h) * s.filter_w * s.in_c;
  for (int32_t b = 0; b < s.batch; ++b, input += static_cast<int64_t>(s.in_h) * s.in_w * s.in_c) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const Reach rows = reach(oy, s.pad_top, s.stride_h, s.in_h);
      for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
        const Reach columns = reach(ox, s.pad_left, s.stride_w, s.in_w);
        for (int32_t c = 0; c < s.out_c; ++c) {
          const W* filter = weights + c * filter_elems;
          const auto runs = [&](auto tap) {
            for (int32_t fy = rows.filter, y = rows.in; fy < s.filter_h && y >= 0; fy += s.stride_h, --y) {
              for (int32_t fx = columns.filter, x = columns.in; fx < s.filter_w && x >= 0; fx += s.stride_w, --x) {
                tap(input + (static_cast<int64_t>(y) * s.in_w + x) * s.in_c,
                    filter + (static_cast<int64_t>(fy) * s.filter_w + fx) * s.in_c, s.in_c);
              }
            }
          };
          output[c] = sum(runs, c);
        }
      }
    }
  }
}

template <typename T>
void transpose_conv_q8(const ConvShape& s, const ConvQuant& q, const T* input, const T* weights, T* output) {
  for_each_output(s, input, weights, output, [&](auto runs, int32_t c) {
    uint32_t acc = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    runs([&](const T* x, const T* w, int32_t n) { acc += dot_offset(x, q.input_zero, w, q.weight_zero, n); });
    return static_cast<T>(requantize(static_cast<int32_t>(acc), q.scales[c], q.output_zero, q.range));
  });
}

}  // namespace

void transpose_conv_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                       int8_t* output) {
  transpose_conv_q8(shape, quant, input, weights, output);
}

void transpose_conv_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                       uint8_t* output) {
  transpose_conv_q8(shape, quant, input, weights, output);
}

void transpose_conv_s16(const ConvShape& s, const ConvQuant16& q, const int16_t* input, const int8_t* weights, int16_t* output) {
  for_each_output(s, input, weights, output, [&](auto runs, int32_t c) {
    uint64_t acc = q.bias != nullptr ? static_cast<uint64_t>(q.bias[c]) : 0;
    runs([&](const int16_t* x, const int8_t* w, int32_t n) { acc += static_cast<uint64_t>(dot_wide(x, w, n)); });
    return static_cast<int16_t>(requantize(static_cast<int64_t>(acc), q.scales[c], q.range));
  });
}

void transpose_conv_f32(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias,
                        float* output) {
  for_each_output(s, input, weights, output, [&](auto runs, int32_t c) {
    float acc = bias != nullptr ? bias[c] : 0.0f;
    runs([&](const float* x, const float* w, int32_t n) { acc += dot(x, w, n); });
    return clamp(acc, range);
  });
}

void transpose_conv_hybrid(const ConvShape& s, const HybridScales& scales, FloatRange range, const float* input,
                           const int8_t* weights, const float* bias, int8_t* scratch, float* output) {
  ConvShape one = s;
  one.batch = 1;
  const int64_t in_elems = static_cast<int64_t>(s.in_h) * s.in_w * s.in_c;
  const int64_t out_elems = static_cast<int64_t>(s.out_h) * s.out_w * s.out_c;
  for (int32_t b = 0; b < s.batch; ++b, input += in_elems, output += out_elems) {
    const HybridGroup group = hybrid_quantize(in_elems, input, scratch);
    for_each_output(one, scratch, weights, output, [&](auto runs, int32_t c) {
      uint32_t acc = 0;
      runs([&](const int8_t* x, const int8_t* w, int32_t n) { acc += dot_offset(x, group.zero, w, 0, n); });
      return hybrid_result(acc, group, scales.scales[c * scales.step], bias != nullptr ? bias[c] : 0.0f, range);
    });
  }
}

}  // namespace inlay::kernels
