// SPDX-License-Identifier: Apache-2.0
// float32 depthwise convolution of 3x3 taps for AVX2 and FMA, any stride and dilation, one output channel per input channel, at least
// 8 channels. Eight channels at a time keep their weights in registers along a stretch of output pixels. Only the taps inside the
// image are visited, in the order of the portable kernel.
#include "kernels/avx2_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kLanes = 8;
constexpr int32_t kColumns = 64;  // input columns at a time, about: what all channels of them share stays in the L1 cache

size_t nothing(const ConvShape&) { return 0; }
void pack_nothing(const ConvShape&, const float*, void*) {}

/// Eight channels of a stretch of output pixels that have the same taps inside the image.
struct Stroke {
  const float *x, *weights, *bias;    ///< the first tap's pixel, the first tap; bias may be NULL
  int64_t row, column;                ///< between taps of the input
  int64_t weight_row, weight_column;  ///< between taps of the weights
  int64_t step, out_step, count;      ///< between pixels of input and output, and how many
  float* output;
};

/// sum += x * w where it is and now, in the order written.
inline void add_product(__m256& sum, const float* x, __m256 w) {
  __asm__ volatile("vfmadd231ps %1, %2, %0" : "+x"(sum) : "m"(*reinterpret_cast<const __m256_u*>(x)), "x"(w));
}

/// M pixels; w has the R x C weights.
template <int R, int C, int M>
inline void some_pixels(const Stroke& s, const __m256* w, __m256 low, __m256 high, const float* x, float* output) {
  __m256 acc[M];
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m) acc[m] = s.bias != nullptr ? _mm256_loadu_ps(s.bias) : _mm256_setzero_ps();
#pragma GCC unroll 3
  for (int r = 0; r < R; ++r) {
#pragma GCC unroll 3
    for (int c = 0; c < C; ++c) {
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) add_product(acc[m], x + r * s.row + c * s.column + m * s.step, w[r * C + c]);
    }
  }
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m) _mm256_storeu_ps(output + m * s.out_step, _mm256_min_ps(high, _mm256_max_ps(low, acc[m])));
}

template <int R, int C>
__attribute__((noinline)) void run_stroke(const Stroke& stroke, FloatRange range) {
  const Stroke s = stroke;
  const __m256 low = _mm256_set1_ps(range.min), high = _mm256_set1_ps(range.max);
  __m256 w[R * C];
  for (int i = 0; i < R * C; ++i) w[i] = _mm256_loadu_ps(s.weights + i / C * s.weight_row + i % C * s.weight_column);
  const float* x = s.x;
  float* output = s.output;
  int64_t n = s.count;
  for (; n >= 4; n -= 4, x += 4 * s.step, output += 4 * s.out_step) some_pixels<R, C, 4>(s, w, low, high, x, output);
  for (; n > 0; --n, x += s.step, output += s.out_step) some_pixels<R, C, 1>(s, w, low, high, x, output);
}

template <int R>
void run_columns(const Stroke& s, int32_t columns, FloatRange range) {
  if (columns == 3) return run_stroke<R, 3>(s, range);
  if (columns == 2) return run_stroke<R, 2>(s, range);
  run_stroke<R, 1>(s, range);
}

/// A stretch of output pixels of one row, which have the taps `rows` and `columns`, in all channels.
void run_channels(const ConvShape& s, FloatRange range, const float* image, int32_t oy, int32_t ox, int32_t count, TapRange rows,
                  TapRange columns, const float* weights, const float* bias, float* output) {
  const int64_t y = static_cast<int64_t>(oy) * s.stride_h - s.pad_top + rows.begin * s.dilation_h;
  const int64_t x = static_cast<int64_t>(ox) * s.stride_w - s.pad_left + columns.begin * s.dilation_w;
  const float* from = image + (y * s.in_w + x) * s.in_c;
  const float* tap = weights + (rows.begin * 3 + columns.begin) * s.out_c;
  const int32_t height = rows.end - rows.begin, width = columns.end - columns.begin;
  for (int32_t i = 0; i < s.out_c; i += kLanes) {
    const int32_t c = lesser(i, s.out_c - kLanes);  // the last ones together with some that are done already
    const Stroke stroke = {from + c,
                           tap + c,
                           bias != nullptr ? bias + c : nullptr,
                           static_cast<int64_t>(s.dilation_h) * s.in_w * s.in_c,
                           static_cast<int64_t>(s.dilation_w) * s.in_c,
                           int64_t{3} * s.out_c,
                           s.out_c,
                           static_cast<int64_t>(s.stride_w) * s.in_c,
                           s.out_c,
                           count,
                           output + static_cast<int64_t>(ox) * s.out_c + c};
    if (height == 3) {
      run_columns<3>(stroke, width, range);
    } else if (height == 2) {
      run_columns<2>(stroke, width, range);
    } else {
      run_columns<1>(stroke, width, range);
    }
  }
}

/// Pixels all of whose taps are outside the image have their bias, or nothing.
void run_outside(const ConvShape& s, FloatRange range, const float* bias, float* output) {
  for (int32_t c = 0; c < s.out_c; ++c) output[c] = clamp(bias != nullptr ? bias[c] : 0.0f, range);
}

void run_row(const ConvShape& s, FloatRange range, const float* image, int32_t oy, const float* weights, const float* bias,
             float* output) {
  const TapRange rows = taps_inside(oy * s.stride_h - s.pad_top, 3, s.dilation_h, s.in_h);
  const int32_t most = kColumns / s.stride_w > 4 ? kColumns / s.stride_w : 4;
  const auto columns_at = [&](int32_t ox) { return taps_inside(ox * s.stride_w - s.pad_left, 3, s.dilation_w, s.in_w); };
  for (int32_t ox = 0, count = 1; ox < s.out_w; ox += count, count = 1) {
    const TapRange columns = columns_at(ox);
    if (rows.begin >= rows.end || columns.begin >= columns.end) {
      run_outside(s, range, bias, output + static_cast<int64_t>(ox) * s.out_c);
      continue;
    }
    for (; count < most && ox + count < s.out_w; ++count) {
      const TapRange next = columns_at(ox + count);
      if (next.begin != columns.begin || next.end != columns.end) break;
    }
    run_channels(s, range, image, oy, ox, count, rows, columns, weights, bias, output);
  }
}

void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void*, void*,
         float* output, Part part) {
  const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const float* image = input + r / s.out_h * s.in_h * s.in_w * s.in_c;
    run_row(s, range, image, static_cast<int32_t>(r % s.out_h), weights, bias, output + r * s.out_w * s.out_c);
  }
}

/// Short rows are quicker pixel by pixel, and so are pixels a multiple of 1 KiB apart, which push each other out of the L1 cache.
bool takes(const ConvShape& s) {
  return one_per_channel(s) && s.out_c >= kLanes && s.filter_h == 3 && s.filter_w == 3 && s.out_w >= 12 && s.in_c % 256 != 0;
}

}  // namespace

extern "C" const ConvTwinF32 kDepthwise3x3F32Avx2;
const ConvTwinF32 kDepthwise3x3F32Avx2 = {takes, nothing, nothing, pack_nothing, run};

}  // namespace inlay::kernels
