// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv2d.h"

namespace inlay::kernels {
namespace {

/// Calls tap(input pixel of the group's first channel, weights of the tap) for every filter tap that lies inside the image.
template <typename In, typename W, typename Tap>
inline void for_each_tap(const ConvShape& s, const In* image, const W* filter, int32_t oy, int32_t ox, int32_t group_c, Tap tap) {
  for (int32_t fy = 0; fy < s.filter_h; ++fy) {
    const int32_t y = oy * s.stride_h - s.pad_top + fy * s.dilation_h;
    if (y < 0 || y >= s.in_h) continue;
    for (int32_t fx = 0; fx < s.filter_w; ++fx) {
      const int32_t x = ox * s.stride_w - s.pad_left + fx * s.dilation_w;
      if (x < 0 || x >= s.in_w) continue;
      tap(image + (static_cast<int64_t>(y) * s.in_w + x) * s.in_c, filter + (static_cast<int64_t>(fy) * s.filter_w + fx) * group_c);
    }
  }
}

/// Visits every output value in order: value(image of the batch, filter of the channel, oy, ox, channel, output pointer).
template <typename In, typename W, typename Out, typename Value>
inline void for_each_output(const ConvShape& s, const In* input, const W* weights, Out* output, Value value) {
  const int64_t image_elems = static_cast<int64_t>(s.in_h) * s.in_w * s.in_c;
  const int32_t group_c = s.in_c / s.groups;
  const int32_t group_out = s.out_c / s.groups;
  const int64_t filter_elems = static_cast<int64_t>(s.filter_h) * s.filter_w * group_c;
  for (int32_t b = 0; b < s.batch; ++b) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      for (int32_t ox = 0; ox < s.out_w; ++ox) {
        for (int32_t c = 0; c < s.out_c; ++c) {
          const In* image = input + b * image_elems + static_cast<int64_t>(c / group_out) * group_c;
          *output++ = value(image, weights + c * filter_elems, oy, ox, c, group_c);
        }
      }
    }
  }
}

/// Accumulates in uint32_t: a sum beyond int32 wraps, as defined, rather than being undefined behaviour.
template <typename T>
void conv2d_q8(const ConvShape& s, const ConvQuant& q, const T* input, const T* weights, T* output) {
  for_each_output(s, input, weights, output, [&](const T* image, const T* filter, int32_t oy, int32_t ox, int32_t c, int32_t group_c) {
    uint32_t acc = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    for_each_tap(s, image, filter, oy, ox, group_c, [&](const T* x, const T* w) {
      for (int32_t i = 0; i < group_c; ++i) acc += static_cast<uint32_t>((x[i] - q.input_zero) * (w[i] - q.weight_zero));
    });
    return static_cast<T>(requantize(static_cast<int32_t>(acc), q.scales[c], q.output_zero, q.range));
  });
}

/// Every output pixel is a product of one input pixel and the weights, in one group.
bool is_pointwise(const ConvShape& s) {
  return s.filter_h == 1 && s.filter_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.groups == 1 && s.in_h == s.out_h &&
         s.in_w == s.out_w && s.pad_top == 0 && s.pad_left == 0;
}

}  // namespace

void conv2d_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights, int8_t* output) {
  conv2d_q8(shape, quant, input, weights, output);
}

void conv2d_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights, uint8_t* output) {
  conv2d_q8(shape, quant, input, weights, output);
}

void conv2d_f32(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, float* output) {
  for_each_output(s, input, weights, output,
                  [&](const float* image, const float* filter, int32_t oy, int32_t ox, int32_t c, int32_t group_c) {
                    float acc = bias != nullptr ? bias[c] : 0.0f;
                    for_each_tap(s, image, filter, oy, ox, group_c, [&](const float* x, const float* w) {
                      for (int32_t i = 0; i < group_c; ++i) acc += x[i] * w[i];
                    });
                    return clamp(acc, range);
                  });
}

void conv2d_hybrid(const ConvShape& s, const HybridScales& scales, FloatRange range, const float* input, const int8_t* weights,
                   const float* bias, int8_t* scratch, float* output) {
  ConvShape one = s;
  one.batch = 1;
  int64_t images = s.batch;
  if (is_pointwise(s)) {
    images = images * s.in_h * s.in_w;
    one.in_h = one.in_w = one.out_h = one.out_w = 1;
  }
  for (int64_t b = 0; b < images; ++b) {
    const int64_t in_elems = static_cast<int64_t>(one.in_h) * one.in_w * one.in_c;
    const int64_t out_elems = static_cast<int64_t>(one.out_h) * one.out_w * one.out_c;
    const HybridGroup group = hybrid_quantize(in_elems, input + b * in_elems, scratch);
    for_each_output(one, scratch, weights, output + b * out_elems,
                    [&](const int8_t* image, const int8_t* filter, int32_t oy, int32_t ox, int32_t c, int32_t group_c) {
                      uint32_t acc = 0;
                      for_each_tap(one, image, filter, oy, ox, group_c, [&](const int8_t* x, const int8_t* w) {
                        for (int32_t i = 0; i < group_c; ++i) acc += static_cast<uint32_t>((x[i] - group.zero) * w[i]);
                      });
                      return hybrid_result(acc, group, scales.scales[c * scales.step], bias != nullptr ? bias[c] : 0.0f, range);
                    });
  }
}

}  // namespace inlay::kernels
