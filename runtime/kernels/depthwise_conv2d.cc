// SPDX-License-Identifier: Apache-2.0
#include "kernels/depthwise_conv2d.h"

namespace inlay::kernels {
namespace {

/// Output channels computed together: their accumulators stay on the stack, and the inner loop runs along them.
constexpr int32_t kBlock = 64;

/// acc[i] += real(x) * real(w) for `n` output channels from `c0` of one filter tap.
template <typename Acc, typename In, typename F, typename X, typename W>
inline void add_tap(Acc* acc, const In* x, const F* w, int32_t c0, int32_t n, int32_t multiplier, X real_x, W real_w) {
  if (multiplier == 1) {
    for (int32_t i = 0; i < n; ++i) acc[i] += static_cast<Acc>(real_x(x[c0 + i]) * real_w(w[c0 + i]));
    return;
  }
  for (int32_t i = 0; i < n;) {  // runs of output channels that read the same input channel
    const int32_t in_channel = (c0 + i) / multiplier;
    const int32_t left = multiplier - ((c0 + i) - in_channel * multiplier);
    const int32_t end = n - i < left ? n : i + left;
    const auto value = real_x(x[in_channel]);
    for (; i < end; ++i) acc[i] += static_cast<Acc>(value * real_w(w[c0 + i]));
  }
}

/// Visits every output pixel and block of channels: start(acc, channel, n), taps, then store(acc, channel, n, output).
template <typename Acc, typename In, typename F, typename Out, typename X, typename W, typename Start, typename Store>
inline void depthwise(const ConvShape& s, const In* input, const F* weights, Out* output, X real_x, W real_w, Start start,
                      Store store) {
  const int32_t multiplier = s.out_c / s.in_c;
  for (int32_t b = 0; b < s.batch; ++b, input += static_cast<int64_t>(s.in_h) * s.in_w * s.in_c) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
        for (int32_t c0 = 0; c0 < s.out_c; c0 += kBlock) {
          const int32_t n = s.out_c - c0 < kBlock ? s.out_c - c0 : kBlock;
          Acc acc[kBlock];
          start(acc, c0, n);
          for (int32_t fy = 0; fy < s.filter_h; ++fy) {
            const int32_t y = oy * s.stride_h - s.pad_top + fy * s.dilation_h;
            if (y < 0 || y >= s.in_h) continue;
            for (int32_t fx = 0; fx < s.filter_w; ++fx) {
              const int32_t x = ox * s.stride_w - s.pad_left + fx * s.dilation_w;
              if (x < 0 || x >= s.in_w) continue;
              add_tap(acc, input + (static_cast<int64_t>(y) * s.in_w + x) * s.in_c,
                      weights + (static_cast<int64_t>(fy) * s.filter_w + fx) * s.out_c, c0, n, multiplier, real_x, real_w);
            }
          }
          store(acc, c0, n, output + c0);
        }
      }
    }
  }
}

/// Accumulates in uint32_t: a sum beyond int32 wraps, as defined, rather than being undefined behaviour.
template <typename T>
void depthwise_q8(const ConvShape& shape, const ConvQuant& q, const T* input, const T* weights, T* output) {
  depthwise<uint32_t>(
      shape, input, weights, output, [&](T x) { return x - q.input_zero; }, [&](T w) { return w - q.weight_zero; },
      [&](uint32_t* acc, int32_t c0, int32_t n) {
        for (int32_t i = 0; i < n; ++i) acc[i] = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c0 + i]) : 0;
      },
      [&](const uint32_t* acc, int32_t c0, int32_t n, T* out) {
        for (int32_t i = 0; i < n; ++i) {
          out[i] = static_cast<T>(requantize(static_cast<int32_t>(acc[i]), q.scales[c0 + i], q.output_zero, q.range));
        }
      });
}

}  // namespace

void depthwise_conv2d_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                         int8_t* output) {
  depthwise_q8(shape, quant, input, weights, output);
}

void depthwise_conv2d_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                         uint8_t* output) {
  depthwise_q8(shape, quant, input, weights, output);
}

void depthwise_conv2d_s16(const ConvShape& shape, const ConvQuant16& q, const int16_t* input, const int8_t* weights,
                          int16_t* output) {
  depthwise<uint64_t>(
      shape, input, weights, output, [](int16_t x) { return int32_t{x}; }, [](int8_t w) { return int32_t{w}; },
      [&](uint64_t* acc, int32_t c0, int32_t n) {
        for (int32_t i = 0; i < n; ++i) acc[i] = q.bias != nullptr ? static_cast<uint64_t>(q.bias[c0 + i]) : 0;
      },
      [&](const uint64_t* acc, int32_t c0, int32_t n, int16_t* out) {
        for (int32_t i = 0; i < n; ++i) {
          out[i] = static_cast<int16_t>(requantize(static_cast<int64_t>(acc[i]), q.scales[c0 + i], q.range));
        }
      });
}

void depthwise_conv2d_f32(const ConvShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                          float* output) {
  depthwise<float>(
      shape, input, weights, output, [](float x) { return x; }, [](float w) { return w; },
      [&](float* acc, int32_t c0, int32_t n) {
        for (int32_t i = 0; i < n; ++i) acc[i] = bias != nullptr ? bias[c0 + i] : 0.0f;
      },
      [&](const float* acc, int32_t, int32_t n, float* out) {
        for (int32_t i = 0; i < n; ++i) out[i] = clamp(acc[i], range);
      });
}

void depthwise_conv2d_hybrid(const ConvShape& s, const HybridScales& scales, FloatRange range, const float* input,
                             const int8_t* weights, const float* bias, int8_t* scratch, float* output) {
  ConvShape one = s;
  one.batch = 1;
  for (int32_t b = 0; b < s.batch; ++b) {
    const int64_t in_elems = static_cast<int64_t>(s.in_h) * s.in_w * s.in_c;
    const int64_t out_elems = static_cast<int64_t>(s.out_h) * s.out_w * s.out_c;
    const HybridGroup group = hybrid_quantize(in_elems, input + b * in_elems, scratch);
    depthwise<uint32_t>(
        one, scratch, weights, output + b * out_elems, [&](int8_t x) { return x - group.zero; },
        [](int8_t w) { return int32_t{w}; },
        [](uint32_t* acc, int32_t, int32_t n) {
          for (int32_t i = 0; i < n; ++i) acc[i] = 0;
        },
        [&](const uint32_t* acc, int32_t c0, int32_t n, float* out) {
          for (int32_t i = 0; i < n; ++i) {
            const float start = bias != nullptr ? bias[c0 + i] : 0.0f;
            out[i] = hybrid_result(acc[i], group, scales.scales[(c0 + i) * scales.step], start, range);
          }
        });
  }
}

}  // namespace inlay::kernels
