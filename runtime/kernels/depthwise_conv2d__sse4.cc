// SPDX-License-Identifier: Apache-2.0
// Depthwise convolution for SSE4.1, 8-bit and float32, one output channel per input channel, at least eight channels. Weights lie
// as the model has them; only the taps inside the image are visited.
#include "kernels/sse4_math_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

size_t nothing(const ConvShape&) { return 0; }
void pack_q8(const ConvShape&, const ConvQuant&, const void*, void*) {}
void pack_f32(const ConvShape&, const float*, void*) {}

/// Adds eight products, exact: words of their low and high halves become eight int32.
template <typename T>
inline void add_products(const Math<T>& math, const T* x, const T* w, __m128i input_zero, __m128i acc[2]) {
  const __m128i a = _mm_sub_epi16(widen8(x), input_zero), b = _mm_sub_epi16(widen8(w), math.zero);
  const __m128i low = _mm_mullo_epi16(a, b), high = _mm_mulhi_epi16(a, b);
  acc[0] = _mm_add_epi32(acc[0], _mm_unpacklo_epi16(low, high));
  acc[1] = _mm_add_epi32(acc[1], _mm_unpackhi_epi16(low, high));
}
inline void add_products(const Math<float>&, const float* x, const float* w, __m128i, __m128 acc[2]) {
  acc[0] = _mm_add_ps(acc[0], _mm_mul_ps(_mm_loadu_ps(x), _mm_loadu_ps(w)));
  acc[1] = _mm_add_ps(acc[1], _mm_mul_ps(_mm_loadu_ps(x + 4), _mm_loadu_ps(w + 4)));
}

/// Eight channels from c0 of the output row of the input row `top`. `image` is the first row.
template <typename T>
void run_channels(const Math<T>& math, const ConvShape& s, __m128i input_zero, const T* image, int32_t top, int32_t c0,
                  const T* weights, T* output) {
  const Ends<typename Math<T>::Bias> ends(math.bias() != nullptr ? math.bias() + c0 : nullptr,
                                          math.scales() != nullptr ? math.scales() + c0 : nullptr, kBlock);
  const TapRange rows = taps_inside(top, s.filter_h, s.dilation_h, s.in_h);
  for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
    const int32_t left = ox * s.stride_w - s.pad_left;
    const TapRange columns = taps_inside(left, s.filter_w, s.dilation_w, s.in_w);
    typename Math<T>::Sum acc[2] = {Math<T>::start(ends.bias), Math<T>::start(ends.bias + 4)};
    for (int32_t fy = rows.begin; fy < rows.end; ++fy) {
      const T* row = image + (static_cast<int64_t>(top) + fy * s.dilation_h) * s.in_w * s.in_c + c0;
      const T* w = weights + static_cast<int64_t>(fy) * s.filter_w * s.out_c + c0;
      for (int32_t fx = columns.begin; fx < columns.end; ++fx) {
        add_products(math, row + static_cast<int64_t>(left + fx * s.dilation_w) * s.in_c, w + static_cast<int64_t>(fx) * s.out_c,
                     input_zero, acc);
      }
    }
    math.store(output + c0, acc, ends.scales, kBlock);
  }
}

template <typename T>
void run(const Math<T>& math, const ConvShape& s, int32_t input_zero, const T* input, const T* weights, T* output, Part part) {
  const __m128i zero = _mm_set1_epi16(static_cast<int16_t>(input_zero));
  const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const T* image = input + r / s.out_h * s.in_h * s.in_w * s.in_c;
    const int32_t top = static_cast<int32_t>(r % s.out_h) * s.stride_h - s.pad_top;
    T* const row = output + r * s.out_w * s.out_c;
    for (int32_t c = 0; c < s.out_c; c += kBlock) {  // the last ones together with some that are done already
      run_channels(math, s, zero, image, top, lesser(c, s.out_c - kBlock), weights, row);
    }
  }
}

template <typename T>
void run_q8(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void*, void*, void* out,
            Part part) {
  run(Math<T>(q), s, q.input_zero, static_cast<const T*>(in), static_cast<const T*>(weights), static_cast<T*>(out), part);
}
void run_f32(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void*,
             void*, float* output, Part part) {
  run(Math<float>(range, bias), s, 0, input, weights, output, part);
}

bool takes(const ConvShape& s) { return one_per_channel(s) && s.out_c >= kBlock; }

}  // namespace

extern "C" const ConvTwinQ8 kDepthwiseConv2dS8Sse4, kDepthwiseConv2dU8Sse4;
const ConvTwinQ8 kDepthwiseConv2dS8Sse4 = {takes, nothing, nothing, pack_q8, run_q8<int8_t>};
const ConvTwinQ8 kDepthwiseConv2dU8Sse4 = {takes, nothing, nothing, pack_q8, run_q8<uint8_t>};
extern "C" const ConvTwinF32 kDepthwiseConv2dF32Sse4;
const ConvTwinF32 kDepthwiseConv2dF32Sse4 = {takes, nothing, nothing, pack_f32, run_f32};

}  // namespace inlay::kernels
