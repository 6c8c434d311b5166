// SPDX-License-Identifier: Apache-2.0
// float32 convolution and fully connected for AVX2 and FMA: windows as rows, weights in panels of 16 output channels. A 1x1
// convolution reads its rows where they are.
#include "kernels/avx2_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 6;          // of one register block: 6 x 16 sums in 12 registers
constexpr int32_t kPanel = 16;        // output channels of a panel
constexpr int32_t kMaxRows = 48;      // gathered at a time
constexpr int64_t kRowBytes = 65536;  // about, of all rows gathered at a time

int64_t panel_values(const ConvShape& s) { return group_filter(s) * kPanel; }
int64_t panels_per_group(const ConvShape& s) { return (s.out_c / s.groups + kPanel - 1) / kPanel; }

/// Few outputs per weight: packing would cost memory and gain nothing.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || s.out_c / s.groups < 8; }

int32_t rows_at_a_time(const ConvShape& s) {
  const int64_t fit = kRowBytes / 4 / group_filter(s) / kRows * kRows;
  const int64_t rows = fit > kMaxRows ? kMaxRows : fit < kRows ? kRows : fit;
  const int64_t pixels = output_pixels(s);
  return static_cast<int32_t>(rows < pixels ? rows : pixels);
}

size_t packed_bytes(const ConvShape& s) {
  return few_outputs(s) ? 0 : static_cast<size_t>(s.groups * panels_per_group(s) * panel_values(s)) * sizeof(float);
}

size_t scratch_bytes(const ConvShape& s) {
  return pixel_by_pixel(s) ? 0 : static_cast<size_t>(rows_at_a_time(s) * group_filter(s)) * sizeof(float);
}

void pack(const ConvShape& s, const float* weights, void* packed) {
  if (few_outputs(s)) return;
  auto* panel = static_cast<float*>(packed);
  const int64_t taps = group_filter(s);
  const int32_t group_out = s.out_c / s.groups;
  for (int32_t g = 0; g < s.groups; ++g) {
    for (int32_t c0 = 0; c0 < group_out; c0 += kPanel, panel += panel_values(s)) {
      for (int32_t i = 0; i < kPanel; ++i) {
        const float* filter = weights + (static_cast<int64_t>(g) * group_out + c0 + i) * taps;
        const bool real = c0 + i < group_out;
        for (int64_t k = 0; k < taps; ++k) panel[k * kPanel + i] = real ? filter[k] : 0.0f;
      }
    }
  }
}

/// Copies the window of an output pixel to `row`.
void fill_row(const ConvShape& s, const float* first, const OutputPixel& p, float* row) {
  visit_window(
      s, first + static_cast<int64_t>(p.b) * s.in_h * s.in_w * s.in_c, p.y, p.x,
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

inline __m256 limit(const Job& j, __m256 v) { return _mm256_min_ps(j.high, _mm256_max_ps(j.low, v)); }

/// M rows times one panel, of which `channels` are real. bias has kPanel values.
template <int M>
void multiply(const Job& j, const float* rows, const float* panel, const float* bias, int32_t channels, float* output) {
  __m256 acc[M][2];
  for (int m = 0; m < M; ++m) {
    acc[m][0] = _mm256_loadu_ps(bias);
    acc[m][1] = _mm256_loadu_ps(bias + 8);
  }
  const float* later = rows + 3 * j.stride;  // two pointers reach six rows; one for each would not leave enough registers
  for (int64_t k = 0; k < j.taps; ++k, panel += kPanel, ++rows, ++later) {
    __asm__("" : "+r"(rows), "+r"(later));
    const __m256 w0 = _mm256_loadu_ps(panel), w1 = _mm256_loadu_ps(panel + 8);
    for (int m = 0; m < M; ++m) {
      const __m256 x = _mm256_broadcast_ss((m < 3 ? rows : later) + m % 3 * j.stride);
      acc[m][0] = finished(_mm256_fmadd_ps(x, w0, acc[m][0]));
      acc[m][1] = finished(_mm256_fmadd_ps(x, w1, acc[m][1]));
    }
  }
#pragma GCC unroll 6  // or the sums would live in memory
  for (int m = 0; m < M; ++m, output += j.out_c) {
    if (channels == kPanel) {
      _mm256_storeu_ps(output, limit(j, acc[m][0]));
      _mm256_storeu_ps(output + 8, limit(j, acc[m][1]));
    } else {
      float values[kPanel];
      _mm256_storeu_ps(values, limit(j, acc[m][0]));
      _mm256_storeu_ps(values + 8, limit(j, acc[m][1]));
      for (int32_t i = 0; i < channels; ++i) output[i] = values[i];
    }
  }
}

void multiply_rows(const Job& j, const float* rows, int32_t count, const float* panel, const float* bias, int32_t channels,
                   float* output) {
  int32_t r = 0;
  for (; r + kRows <= count; r += kRows) multiply<kRows>(j, rows + r * j.stride, panel, bias, channels, output + r * j.out_c);
  rows += r * j.stride;
  output += r * j.out_c;
  switch (count - r) {
    case 1: return multiply<1>(j, rows, panel, bias, channels, output);
    case 2: return multiply<2>(j, rows, panel, bias, channels, output);
    case 3: return multiply<3>(j, rows, panel, bias, channels, output);
    case 4: return multiply<4>(j, rows, panel, bias, channels, output);
    case 5: return multiply<5>(j, rows, panel, bias, channels, output);
    default: return;
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
                    const float* weights, const float* bias, const float* packed, float* output) {
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
  multiply_rows(j, rows, count, packed + i * panel_values(s), start, channels, output + first);
}

void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void* packed,
         void* scratch, float* output, Part part) {
  const int32_t group_c = s.in_c / s.groups, block = rows_at_a_time(s);
  const bool direct = pixel_by_pixel(s);
  const Job j = {_mm256_set1_ps(range.min), _mm256_set1_ps(range.max), group_filter(s), direct ? s.in_c : group_filter(s), s.out_c};
  const Area area = area_of(s, kRows, s.groups * panels_per_group(s), part);
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
        rows = direct ? input + p0 * s.in_c + first_c : static_cast<const float*>(scratch);
        for (int32_t r = 0; !direct && r < count; ++r, advance(s, &pixel)) {
          fill_row(s, input + first_c, pixel, static_cast<float*>(scratch) + r * j.stride);
        }
      }
      multiply_panel(s, j, range, i, rows, count, weights, bias, static_cast<const float*>(packed), output + p0 * s.out_c);
    }
    at = pixel;
  }
}

}  // namespace

extern const ConvTwinF32 kConv2dF32Avx2;
const ConvTwinF32 kConv2dF32Avx2 = {any_shape, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
