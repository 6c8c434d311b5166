// SPDX-License-Identifier: Apache-2.0
// Windows of an 8-bit convolution as rows of int16 whose zero point is taken off, for AVX2. Only for files named *__avx2.cc.
#pragma once
#include "kernels/avx2_inl.h"

namespace inlay::kernels {
namespace {

constexpr int64_t kRowSlack = 32;  // values that may be written, and read as noise, behind the last row

/// The rows of some output pixels, and their sums when the weights have a zero point. A row of odd length has one value more, any.
struct Rows {
  int16_t* values;
  int32_t* sums;
  int64_t stride;
};

inline int64_t row_stride(const ConvShape& s) { return round_up_to(group_filter(s), 2); }
inline int64_t rows_bytes(const ConvShape& s, int64_t rows) { return (rows * row_stride(s) + kRowSlack) * 2 + rows * 4; }
inline Rows rows_in(void* memory, const ConvShape& s, int64_t rows) {
  auto* values = static_cast<int16_t*>(memory);
  return {values, reinterpret_cast<int32_t*>(values + rows * row_stride(s) + kRowSlack), row_stride(s)};
}

inline int32_t row_sum(const int16_t* row, int64_t length) {
  __m256i sum = _mm256_setzero_si256();
  int64_t k = 0;
  for (; k + 16 <= length; k += 16) sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load256(row + k), _mm256_set1_epi16(1)));
  alignas(32) int32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
  uint32_t total = 0;
  for (const int32_t lane : lanes) total += static_cast<uint32_t>(lane);
  for (; k < length; ++k) total += static_cast<uint32_t>(row[k]);
  return static_cast<int32_t>(total);
}

/// Where windows come from: `first` is the first channel of the group, `end` the end of the tensor.
template <typename T>
struct Source {
  const T *first, *end;
  int32_t zero;
};

/// Widens the window of an output pixel. Up to 15 values behind it are overwritten.
template <typename T>
void fill_row(const ConvShape& s, const Source<T>& from, const OutputPixel& p, int16_t* to) {
  const T* image = from.first + static_cast<int64_t>(p.b) * s.in_h * s.in_w * s.in_c;
  const int64_t line = static_cast<int64_t>(s.filter_w) * s.in_c;
  if (whole_lines(s, p)) {
    const int64_t step = static_cast<int64_t>(s.dilation_h) * s.in_w * s.in_c;
    const T* x = image + (static_cast<int64_t>(p.y * s.stride_h - s.pad_top) * s.in_w + p.x * s.stride_w - s.pad_left) * s.in_c;
    if (from.end - x >= (s.filter_h - 1) * step + round_up_to(line, 16)) {  // what is read too much still is in the tensor
      const __m256i zero = _mm256_set1_epi16(static_cast<int16_t>(from.zero));
      for (int32_t fy = 0; fy < s.filter_h; ++fy, x += step, to += line) {
        for (int64_t i = 0; i < line; i += 16) {
          _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_sub_epi16(widen16(x + i), zero));
        }
      }
      return;
    }
  }
  visit_window(
      s, image, p.y, p.x,
      [&](const T* x, int64_t n) {
        widen_run(x, n, from.zero, to);
        to += n;
      },
      [&](int64_t n) {
        std::memset(to, 0, static_cast<size_t>(n) * 2);
        to += n;
      });
}

/// Widens the windows of `count` output pixels from number `pixel` at `at`, which moves behind them.
template <typename T>
void fill_rows(const ConvShape& s, const Source<T>& from, OutputPixel* at, int64_t pixel, int32_t count, bool sums, const Rows& rows) {
  const int64_t taps = group_filter(s);
  if (pixel_by_pixel(s)) {
    if (s.groups == 1 && taps == rows.stride) {
      widen_run(from.first + pixel * s.in_c, count * taps, from.zero, rows.values);
    } else {
      for (int32_t r = 0; r < count; ++r) widen_run(from.first + (pixel + r) * s.in_c, taps, from.zero, rows.values + r * rows.stride);
    }
  } else {
    for (int32_t r = 0; r < count; ++r, advance(s, at)) fill_row(s, from, *at, rows.values + r * rows.stride);
  }
  for (int32_t r = 0; sums && r < count; ++r) rows.sums[r] = row_sum(rows.values + r * rows.stride, taps);
}

}  // namespace
}  // namespace inlay::kernels
