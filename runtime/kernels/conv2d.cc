// SPDX-License-Identifier: Apache-2.0
#include "kernels/conv2d.h"

#include "kernels/dot.h"
#include "kernels/int4.h"

namespace inlay::kernels {
namespace {

/// Calls tap(first input value, first weight, length) for every run of taps inside the image that is contiguous in both: the
/// channels of a pixel, or of a whole row of the filter.
template <typename In, typename W, typename Tap>
inline void for_each_run(const ConvShape& s, const In* image, const W* filter, int32_t oy, int32_t ox, int32_t group_c, Tap tap) {
  const int32_t left = ox * s.stride_w - s.pad_left;
  const bool rows = s.groups == 1 && s.dilation_w == 1;
  const int32_t begin = left < 0 ? -left : 0;  // of the filter's columns, when they are adjacent pixels
  const int32_t end = s.in_w - left < s.filter_w ? s.in_w - left : s.filter_w;
  for (int32_t fy = 0; fy < s.filter_h; ++fy) {
    const int32_t y = oy * s.stride_h - s.pad_top + fy * s.dilation_h;
    if (y < 0 || y >= s.in_h) continue;
    const In* row = image + static_cast<int64_t>(y) * s.in_w * s.in_c;
    const W* taps = filter + static_cast<int64_t>(fy) * s.filter_w * group_c;
    if (rows) {
      if (begin < end) tap(row + int64_t{left + begin} * s.in_c, taps + int64_t{begin} * group_c, (end - begin) * group_c);
      continue;
    }
    for (int32_t fx = 0; fx < s.filter_w; ++fx) {
      const int32_t x = left + fx * s.dilation_w;
      if (x < 0 || x >= s.in_w) continue;
      tap(row + int64_t{x} * s.in_c, taps + int64_t{fx} * group_c, group_c);
    }
  }
}

/// Computes output channels begin .. end - 1, whose filters lie one after another at `weights`. sum(runs, channel) gives the
/// output value; runs(tap) visits the runs of its window.
template <typename In, typename W, typename Out, typename Sum>
inline void for_each_output(const ConvShape& s, const In* input, const W* weights, int32_t begin, int32_t end, Out* output,
                            Sum sum) {
  const int64_t image_elems = static_cast<int64_t>(s.in_h) * s.in_w * s.in_c;
  const int32_t group_c = s.in_c / s.groups;
  const int32_t group_out = s.out_c / s.groups;
  const int64_t filter_elems = static_cast<int64_t>(s.filter_h) * s.filter_w * group_c;
  for (int32_t b = 0; b < s.batch; ++b) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
        const W* filter = weights;
        for (int32_t c = begin; c < end; ++c, filter += filter_elems) {
          const In* image = input + b * image_elems + static_cast<int64_t>(c / group_out) * group_c;
          output[c] = sum([&](auto tap) { for_each_run(s, image, filter, oy, ox, group_c, tap); }, c);
        }
      }
    }
  }
}

template <typename T>
void conv2d_q8(const ConvShape& s, const ConvQuant& q, const T* input, const T* weights, int32_t begin, int32_t end, T* output) {
  for_each_output(s, input, weights, begin, end, output, [&](auto runs, int32_t c) {
    uint32_t acc = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    runs([&](const T* x, const T* w, int32_t n) { acc += dot_offset(x, q.input_zero, w, q.weight_zero, n); });
    return static_cast<T>(requantize(static_cast<int32_t>(acc), q.scales[c], q.output_zero, q.range));
  });
}

/// Every output pixel is a product of one input pixel and the weights, in one group.
bool is_pointwise(const ConvShape& s) {
  return s.filter_h == 1 && s.filter_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.groups == 1 && s.in_h == s.out_h &&
         s.in_w == s.out_w && s.pad_top == 0 && s.pad_left == 0;
}

/// Quantizes group after group of the input, pixels or images, and calls each(shape of the group, HybridGroup, its output).
template <typename Each>
void for_each_group(const ConvShape& s, bool pixels, const float* input, int8_t* scratch, float* output, Each each) {
  ConvShape one = s;
  one.batch = 1;
  int64_t groups = s.batch;
  if (pixels) {
    groups = groups * s.in_h * s.in_w;
    one.in_h = one.in_w = one.out_h = one.out_w = 1;
  }
  const int64_t in_elems = static_cast<int64_t>(one.in_h) * one.in_w * one.in_c;
  const int64_t out_elems = static_cast<int64_t>(one.out_h) * one.out_w * one.out_c;
  for (int64_t g = 0; g < groups; ++g)
    each(one, hybrid_quantize(in_elems, input + g * in_elems, scratch), output + g * out_elems);
}

void hybrid_outputs(const ConvShape& s, const HybridGroup& group, const HybridScales& scales, FloatRange range,
                    const int8_t* input, const int8_t* weights, const float* bias, int32_t begin, int32_t end, float* output) {
  for_each_output(s, input, weights, begin, end, output, [&](auto runs, int32_t c) {
    uint32_t acc = 0;
    runs([&](const int8_t* x, const int8_t* w, int32_t n) { acc += dot_offset(x, group.zero, w, 0, n); });
    return hybrid_result(acc, group, scales.scales[c * scales.step], bias != nullptr ? bias[c] : 0.0f, range);
  });
}

int64_t filter_size(const ConvShape& s) { return static_cast<int64_t>(s.filter_h) * s.filter_w * (s.in_c / s.groups); }

}  // namespace

void conv2d_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights, int8_t* output) {
  conv2d_q8(shape, quant, input, weights, 0, shape.out_c, output);
}

void conv2d_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights, uint8_t* output) {
  conv2d_q8(shape, quant, input, weights, 0, shape.out_c, output);
}

void conv2d_s8_w4(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const uint8_t* weights, int8_t* scratch,
                  int8_t* output) {
  for (int32_t c = 0; c < shape.out_c; ++c) {
    unpack_int4(weights, c * filter_size(shape), filter_size(shape), scratch);
    conv2d_q8(shape, quant, input, scratch, c, c + 1, output);
  }
}

void conv2d_s16(const ConvShape& s, const ConvQuant16& q, const int16_t* input, const int8_t* weights, int16_t* output) {
  for_each_output(s, input, weights, 0, s.out_c, output, [&](auto runs, int32_t c) {
    uint64_t acc = q.bias != nullptr ? static_cast<uint64_t>(q.bias[c]) : 0;
    runs([&](const int16_t* x, const int8_t* w, int32_t n) { acc += static_cast<uint64_t>(dot_wide(x, w, n)); });
    return static_cast<int16_t>(requantize(static_cast<int64_t>(acc), q.scales[c], q.range));
  });
}

void conv2d_f32(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias,
                float* output) {
  for_each_output(s, input, weights, 0, s.out_c, output, [&](auto runs, int32_t c) {
    float acc = bias != nullptr ? bias[c] : 0.0f;
    runs([&](const float* x, const float* w, int32_t n) { acc += dot(x, w, n); });
    return clamp(acc, range);
  });
}

void conv2d_hybrid(const ConvShape& s, const HybridScales& scales, FloatRange range, const float* input, const int8_t* weights,
                   const float* bias, int8_t* scratch, float* output) {
  for_each_group(s, is_pointwise(s), input, scratch, output, [&](const ConvShape& one, const HybridGroup& group, float* out) {
    hybrid_outputs(one, group, scales, range, scratch, weights, bias, 0, s.out_c, out);
  });
}

void conv2d_hybrid_w4(const ConvShape& s, const HybridScales& scales, FloatRange range, const float* input,
                      const uint8_t* weights, const float* bias, int8_t* scratch, int8_t* filter, float* output) {
  for_each_group(s, false, input, scratch, output, [&](const ConvShape& one, const HybridGroup& group, float* out) {
    for (int32_t c = 0; c < s.out_c; ++c) {
      unpack_int4(weights, c * filter_size(s), filter_size(s), filter);
      hybrid_outputs(one, group, scales, range, scratch, filter, bias, c, c + 1, out);
    }
  });
}

}  // namespace inlay::kernels
