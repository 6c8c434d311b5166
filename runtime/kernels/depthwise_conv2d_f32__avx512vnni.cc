// SPDX-License-Identifier: Apache-2.0
// float32 depthwise convolution for AVX512, one output channel per input channel. Weights lie as the model has them; only the
// taps inside the image are visited, in the order of the portable kernel.
#include "kernels/avx512vnni_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kLanes = 16;

size_t nothing(const ConvShape&) { return 0; }
void pack_nothing(const ConvShape&, const float*, void*) {}

/// What stays the same over an output row.
struct Row {
  const ConvShape* shape;
  const float *weights, *bias;
  __m512 low, high;
  TapRange taps;
};

/// Channels c0 .. c0 + 16 * kCount - 1 of one output pixel, of the last register those in `real`. `x` is the input pixel of the
/// tap (0, 0), which may lie outside.
template <int kCount>
inline void some_channels(const Row& row, TapRange columns, const float* x, int32_t c0, __mmask16 real, float* output) {
  const ConvShape& s = *row.shape;
  const auto lanes = [&](int i) { return i + 1 < kCount ? static_cast<__mmask16>(0xFFFF) : real; };
  __m512 acc[kCount];
  for (int i = 0; i < kCount; ++i) {
    acc[i] = row.bias != nullptr ? _mm512_maskz_loadu_ps(lanes(i), row.bias + c0 + kLanes * i) : _mm512_setzero_ps();
  }
  const int64_t step = static_cast<int64_t>(s.dilation_w) * s.in_c;
  for (int32_t fy = row.taps.begin; fy < row.taps.end; ++fy) {
    const float* v = x + static_cast<int64_t>(fy) * s.dilation_h * s.in_w * s.in_c + columns.begin * step + c0;
    const float* w = row.weights + (static_cast<int64_t>(fy) * s.filter_w + columns.begin) * s.out_c + c0;
    for (int32_t fx = columns.begin; fx < columns.end; ++fx, v += step, w += s.out_c) {
      for (int i = 0; i < kCount; ++i) {
        acc[i] = _mm512_fmadd_ps(_mm512_maskz_loadu_ps(lanes(i), v + kLanes * i), _mm512_maskz_loadu_ps(lanes(i), w + kLanes * i),
                                 acc[i]);
      }
    }
  }
  for (int i = 0; i < kCount; ++i) {
    _mm512_mask_storeu_ps(output + c0 + kLanes * i, lanes(i), _mm512_min_ps(row.high, _mm512_max_ps(row.low, acc[i])));
  }
}

void run_row(const Row& row, const float* image, int32_t top, float* output) {
  const ConvShape& s = *row.shape;
  for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
    const int32_t left = ox * s.stride_w - s.pad_left;
    const TapRange columns = taps_inside(left, s.filter_w, s.dilation_w, s.in_w);
    const float* x = image + (static_cast<int64_t>(top) * s.in_w + left) * s.in_c;
    int32_t c = 0;
    for (; s.out_c - c > 4 * kLanes; c += 4 * kLanes) some_channels<4>(row, columns, x, c, 0xFFFF, output);
    const int32_t left_c = s.out_c - c;
    const __mmask16 real = first16((left_c - 1) % kLanes + 1);
    switch ((left_c - 1) / kLanes) {
      case 0: some_channels<1>(row, columns, x, c, real, output); break;
      case 1: some_channels<2>(row, columns, x, c, real, output); break;
      case 2: some_channels<3>(row, columns, x, c, real, output); break;
      default: some_channels<4>(row, columns, x, c, real, output); break;
    }
  }
}

void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void*, void*,
         float* output, Part part) {
  const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  Row row = {&s, weights, bias, _mm512_set1_ps(range.min), _mm512_set1_ps(range.max), {}};
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const float* image = input + r / s.out_h * s.in_h * s.in_w * s.in_c;
    const int32_t top = static_cast<int32_t>(r % s.out_h) * s.stride_h - s.pad_top;
    row.taps = taps_inside(top, s.filter_h, s.dilation_h, s.in_h);
    run_row(row, image, top, output + r * s.out_w * s.out_c);
  }
}

}  // namespace

extern "C" const ConvTwinF32 kDepthwiseConv2dF32Avx512Vnni;
const ConvTwinF32 kDepthwiseConv2dF32Avx512Vnni = {one_per_channel, nothing, nothing, pack_nothing, run};

}  // namespace inlay::kernels
