// SPDX-License-Identifier: Apache-2.0
// float32 convolution and fully connected for AVX2 and FMA: windows as rows, weights in panels of 16 output channels, the last one
// of a group of 8 where the rest is no more. A 1x1 convolution reads its rows where they are. Long rows are taken in stretches, so
// that a panel's stretch stays in the L1 cache; a sum passes from one to the next unrounded, as if there were none.
#include "kernels/avx2_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 6;           // of one register block: 6 x 16 sums in 12 registers
constexpr int32_t kPanel = 16;         // output channels of a panel
constexpr int32_t kMaxRows = 96;       // at a time
constexpr int64_t kRowBytes = 98304;   // about, of all rows at a time
constexpr int64_t kStretch = 256;      // taps of a panel at a time
constexpr int64_t kSlack = 8;          // values that may be written behind the last row

int64_t panels_per_group(const ConvShape& s) { return (s.out_c / s.groups + kPanel - 1) / kPanel; }
/// Values of the panels of so many output channels.
int64_t panel_values(const ConvShape& s, int64_t channels) { return group_filter(s) * round_up_to(channels, 8); }

/// Few outputs per weight: packing would cost memory and gain nothing.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || s.out_c / s.groups < 8; }

/// So many that a few blocks of about the same size are all.
int32_t rows_at_a_time(const ConvShape& s) {
  const int64_t fit = kRowBytes / 4 / group_filter(s) / kRows * kRows;
  const int64_t most = fit > kMaxRows ? kMaxRows : fit < kRows ? kRows : fit;
  const int64_t pixels = output_pixels(s), blocks = (pixels + most - 1) / most;
  const int64_t rows = round_up_to((pixels + blocks - 1) / blocks, kRows);
  return static_cast<int32_t>(rows < pixels ? rows : pixels);
}

size_t packed_bytes(const ConvShape& s) {
  return few_outputs(s) ? 0 : static_cast<size_t>(s.groups * panel_values(s, s.out_c / s.groups)) * sizeof(float);
}

/// The sums of all rows and one panel, then the rows.
size_t scratch_bytes(const ConvShape& s) {
  const int64_t values = pixel_by_pixel(s) ? 0 : rows_at_a_time(s) * group_filter(s) + kSlack;
  return static_cast<size_t>(round_up_to(rows_at_a_time(s) * kPanel + values, 4)) * sizeof(float);
}

/// Eight filters, `taps` values apart, side by side: tap after tap, `step` values apart. Filters from `real` on are the last real one.
void pack_eight(const float* filters, int32_t real, int64_t taps, int64_t step, float* to) {
  const float* f[8];
  for (int32_t i = 0; i < 8; ++i) f[i] = filters + lesser(i, real - 1) * taps;
  int64_t k = 0;
  for (; k + 4 <= taps; k += 4) {
    for (int h = 0; h < 8; h += 4) {
      __m128 a = _mm_loadu_ps(f[h] + k), b = _mm_loadu_ps(f[h + 1] + k), c = _mm_loadu_ps(f[h + 2] + k), d = _mm_loadu_ps(f[h + 3] + k);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      _mm_storeu_ps(to + k * step + h, a);
      _mm_storeu_ps(to + (k + 1) * step + h, b);
      _mm_storeu_ps(to + (k + 2) * step + h, c);
      _mm_storeu_ps(to + (k + 3) * step + h, d);
    }
  }
  for (; k < taps; ++k) {
    for (int h = 0; h < 8; ++h) to[k * step + h] = f[h][k];
  }
}

void pack(const ConvShape& s, const float* weights, void* packed) {
  if (few_outputs(s)) return;
  auto* panel = static_cast<float*>(packed);
  const int64_t taps = group_filter(s);
  const int32_t group_out = s.out_c / s.groups;
  for (int32_t c = 0; c < s.out_c;) {
    const int32_t channels = lesser(kPanel, group_out - c % group_out), lanes = channels > 8 ? 16 : 8;
    for (int32_t h = 0; h < lanes; h += 8) pack_eight(weights + (c + h) * taps, channels - h, taps, lanes, panel + h);
    panel += taps * lanes;
    c += channels;
  }
}

/// Copies the window of an output pixel to `row`. Up to 7 values behind it are overwritten.
void fill_row(const ConvShape& s, const float* first, const float* end, const OutputPixel& p, float* row) {
  const float* image = first + static_cast<int64_t>(p.b) * s.in_h * s.in_w * s.in_c;
  if (whole_lines(s, p)) {
    const int64_t line = static_cast<int64_t>(s.filter_w) * s.in_c, step = static_cast<int64_t>(s.dilation_h) * s.in_w * s.in_c;
    const float* x = image + (static_cast<int64_t>(p.y * s.stride_h - s.pad_top) * s.in_w + p.x * s.stride_w - s.pad_left) * s.in_c;
    if (end - x >= (s.filter_h - 1) * step + round_up_to(line, 8)) {  // what is read too much still is in the tensor
      for (int32_t fy = 0; fy < s.filter_h; ++fy, x += step, row += line) {
        for (int64_t i = 0; i < line; i += 8) _mm256_storeu_ps(row + i, _mm256_loadu_ps(x + i));
      }
      return;
    }
  }
  visit_window(
      s, image, p.y, p.x,
      [&](const float* x, int64_t n) {
        std::memcpy(row, x, static_cast<size_t>(n) * sizeof(float));
        row += n;
      },
      [&](int64_t n) {
        std::memset(row, 0, static_cast<size_t>(n) * sizeof(float));
        row += n;
      });
}

/// What stays the same over a whole convolution.
struct Job {
  __m256 low, high;
  int64_t taps, stride, out_c;  ///< stride: from row to row
};

/// A stretch of taps of one panel: where sums start (step values apart for each row), and where they go.
struct Pass {
  const float *rows, *panel, *start;
  int64_t taps, start_step;
  float* to;
  int64_t to_step;
  int32_t channels;  ///< of `to`, limited; 0: it takes unlimited sums of the whole panel
};

inline __m256 limit(const Job& j, __m256 v) { return _mm256_min_ps(j.high, _mm256_max_ps(j.low, v)); }

/// The first n <= 8 values of v.
inline void store_first(float* to, __m256 v, int32_t n) {
  if (n >= 8) return _mm256_storeu_ps(to, v);
  __m128 part = _mm256_castps256_ps128(v);
  if ((n & 4) != 0) {
    _mm_storeu_ps(to, part);
    part = _mm256_extractf128_ps(v, 1);
    to += 4;
  }
  float values[4];
  _mm_storeu_ps(values, part);
  for (int32_t i = 0; i < (n & 3); ++i) to[i] = values[i];
}

/// sum += x * w where it is and now, in the order written.
inline void add_product(__m256& sum, __m256 x, __m256 w) { __asm__ volatile("vfmadd231ps %1, %2, %0" : "+x"(sum) : "x"(x), "x"(w)); }

/// M rows times one panel of 8 * W channels.
template <int M, int W>
void multiply(const Job& j, const Pass& p, int64_t r) {
  __m256 acc[M][W];
#pragma GCC unroll 6  // here and below: or the sums would live in memory
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 2
    for (int i = 0; i < W; ++i) acc[m][i] = _mm256_loadu_ps(p.start + (r + m) * p.start_step + 8 * i);
  }
  const float *rows = p.rows + r * j.stride, *panel = p.panel;
  const float* later = rows + 3 * j.stride;  // two pointers reach six rows; one for each would not leave enough registers
  for (int64_t k = 0; k < p.taps; ++k, panel += 8 * W, ++rows, ++later) {
    __asm__("" : "+r"(rows), "+r"(later));
    __m256 w[W];
#pragma GCC unroll 2
    for (int i = 0; i < W; ++i) w[i] = _mm256_loadu_ps(panel + 8 * i);
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) {
      const __m256 x = _mm256_broadcast_ss((m < 3 ? rows : later) + m % 3 * j.stride);
#pragma GCC unroll 2
      for (int i = 0; i < W; ++i) add_product(acc[m][i], x, w[i]);
    }
  }
  float* to = p.to + r * p.to_step;
#pragma GCC unroll 6
  for (int m = 0; m < M; ++m, to += p.to_step) {
    if (p.channels == 0) {
      _mm256_storeu_ps(to, acc[m][0]);
      if (W == 2) _mm256_storeu_ps(to + 8, acc[m][W - 1]);
    } else {
      store_first(to, limit(j, acc[m][0]), p.channels);
      if (W == 2) store_first(to + 8, limit(j, acc[m][W - 1]), p.channels - 8);
    }
  }
}

template <int W>
void multiply_rows(const Job& j, const Pass& p, int32_t count) {
  int32_t r = 0;
  for (; r + kRows <= count; r += kRows) multiply<kRows, W>(j, p, r);
  switch (count - r) {
    case 1: return multiply<1, W>(j, p, r);
    case 2: return multiply<2, W>(j, p, r);
    case 3: return multiply<3, W>(j, p, r);
    case 4: return multiply<4, W>(j, p, r);
    case 5: return multiply<5, W>(j, p, r);
    default: return;
  }
}

/// Rows times one panel of which `channels` are real, stretch by stretch. bias has kPanel values; `sums` takes kPanel for each row.
void multiply_stretches(const Job& j, const float* rows, int32_t count, const float* panel, const float* bias, int32_t channels,
                        float* sums, float* output) {
  const int64_t stretches = (j.taps + kStretch - 1) / kStretch, length = (j.taps + stretches - 1) / stretches;
  const int32_t lanes = channels > 8 ? 16 : 8;
  for (int64_t k = 0; k < j.taps; k += length) {
    const bool last = k + length >= j.taps;
    const Pass p = {rows + k, panel + k * lanes, k == 0 ? bias : sums, last ? j.taps - k : length, k == 0 ? 0 : kPanel,
                    last ? output : sums, last ? j.out_c : kPanel, last ? channels : 0};
    if (lanes == 16) {
      multiply_rows<2>(j, p, count);
    } else {
      multiply_rows<1>(j, p, count);
    }
  }
}

/// One row times one filter, as the model has it.
float dot(const float* row, const float* filter, int64_t taps) {
  __m256 acc[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};
  int64_t k = 0;
  for (; k + 32 <= taps; k += 32) {
    for (int i = 0; i < 4; ++i) acc[i] = _mm256_fmadd_ps(_mm256_loadu_ps(row + k + 8 * i), _mm256_loadu_ps(filter + k + 8 * i), acc[i]);
  }
  for (; k + 8 <= taps; k += 8) acc[0] = _mm256_fmadd_ps(_mm256_loadu_ps(row + k), _mm256_loadu_ps(filter + k), acc[0]);
  const __m256 four = _mm256_add_ps(_mm256_add_ps(acc[0], acc[1]), _mm256_add_ps(acc[2], acc[3]));
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(four), _mm256_extractf128_ps(four, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  float total = _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
  for (; k < taps; ++k) total += row[k] * filter[k];
  return total;
}

/// One row times every filter of a group, whose weights, bias and output are given.
void multiply_unpacked(const Job& j, FloatRange range, const float* row, const float* weights, const float* bias, int32_t count,
                       float* output) {
  for (int32_t c = 0; c < count; ++c) {
    float v = dot(row, weights + c * j.taps, j.taps) + (bias != nullptr ? bias[c] : 0.0f);
    v = v < range.min ? range.min : v;
    output[c] = v > range.max ? range.max : v;
  }
}

/// Panel `i` of all groups times `count` rows of its group.
void multiply_panel(const ConvShape& s, const Job& j, FloatRange range, int64_t i, const float* rows, int32_t count,
                    const float* weights, const float* bias, const float* packed, float* sums, float* output) {
  const int32_t group_out = s.out_c / s.groups;
  const auto g = static_cast<int32_t>(i / panels_per_group(s)), c0 = static_cast<int32_t>(i % panels_per_group(s)) * kPanel;
  const int32_t channels = lesser(kPanel, group_out - c0), first = g * group_out + c0;
  if (few_outputs(s)) {
    for (int32_t r = 0; r < count; ++r) {
      multiply_unpacked(j, range, rows + r * j.stride, weights + first * j.taps, bias != nullptr ? bias + first : nullptr, channels,
                        output + r * j.out_c + first);
    }
    return;
  }
  float start[kPanel] = {};
  for (int32_t k = 0; bias != nullptr && k < channels; ++k) start[k] = bias[first + k];
  packed += g * panel_values(s, group_out) + panel_values(s, c0);
  multiply_stretches(j, rows, count, packed, start, channels, sums, output + first);
}

void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void* packed,
         void* scratch, float* output, Part part) {
  const int32_t group_c = s.in_c / s.groups, block = rows_at_a_time(s);
  const bool direct = pixel_by_pixel(s);
  const Job j = {_mm256_set1_ps(range.min), _mm256_set1_ps(range.max), group_filter(s), direct ? s.in_c : group_filter(s), s.out_c};
  const Area area = area_of(s, kRows, s.groups * panels_per_group(s), part);
  const float* end = input + static_cast<int64_t>(s.batch) * s.in_h * s.in_w * s.in_c;
  auto* const sums = static_cast<float*>(scratch);
  float* const gathered = sums + block * kPanel;
  OutputPixel at = pixel_at(s, area.pixels.begin);
  for (int64_t p0 = area.pixels.begin; p0 < area.pixels.end; p0 += block) {
    const int64_t left = area.pixels.end - p0;
    const int32_t count = left < block ? static_cast<int32_t>(left) : block;
    OutputPixel pixel = at;
    const float* rows = nullptr;
    for (int64_t i = area.panels.begin; i < area.panels.end; ++i) {
      const int64_t first_c = i / panels_per_group(s) * group_c;
      if (i % panels_per_group(s) == 0 || i == area.panels.begin) {  // a new group
        pixel = at;
        rows = direct ? input + p0 * s.in_c + first_c : gathered;
        for (int32_t r = 0; !direct && r < count; ++r, advance(s, &pixel)) {
          fill_row(s, input + first_c, end, pixel, gathered + r * j.stride);
        }
      }
      multiply_panel(s, j, range, i, rows, count, weights, bias, static_cast<const float*>(packed), sums, output + p0 * s.out_c);
    }
    at = pixel;
  }
}

}  // namespace

extern "C" const ConvTwinF32 kConv2dF32Avx2;
const ConvTwinF32 kConv2dF32Avx2 = {any_shape, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
