// SPDX-License-Identifier: Apache-2.0
// float32 convolution and fully connected for ARM: windows as rows, weights in panels of 16 output channels. A 1x1
// convolution reads its rows where they are.
#include "kernels/neon_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = kVectors / 8;  // of one register block: its sums are in half of the registers
constexpr int32_t kPanel = 16;           // output channels of a panel
constexpr int32_t kMaxRows = 48;         // gathered at a time
constexpr int64_t kRowBytes = 32768;     // about, of all rows gathered at a time

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
        for (int64_t k = 0; k < taps; ++k) panel[k * kPanel + i] = c0 + i < group_out ? filter[k] : 0.0f;
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
  float low, high;
  int64_t taps, stride, out_c;  ///< stride: from row to row
};

inline float32x4_t limit(const Job& j, float32x4_t v) { return vminq_f32(vmaxq_f32(v, vdupq_n_f32(j.low)), vdupq_n_f32(j.high)); }

/// One tap, lane `kLane` of each row's, of all sixteen channels.
template <int kLane, int M>
inline const float* add(float32x4_t (&acc)[M][4], const float32x4_t (&x)[M], const float* panel) {
  float32x4_t w[4];
#pragma GCC unroll 4
  for (int n = 0; n < 4; ++n) w[n] = vld1q_f32(panel + 4 * n);
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) acc[m][n] = vfmaq_laneq_f32(acc[m][n], w[n], x[m], kLane);
    __asm__ volatile("" : "+w"(acc[m][0]), "+w"(acc[m][1]), "+w"(acc[m][2]), "+w"(acc[m][3]));
  }
  return panel + kPanel;
}

/// M rows times one panel, of which `channels` are real. bias has kPanel values.
template <int M>
[[gnu::noinline]] void multiply(const Job& j, const float* row, const float* panel, const float* bias, int32_t channels,
                                float* output) {
  float32x4_t acc[M][4], x[M];
  const float* from[M];
  from[0] = row;
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m) {
    const float* start = again(bias);
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) acc[m][n] = vld1q_f32(start + 4 * n);
    if (m > 0) from[m] = again(from[m - 1] + j.stride);
  }
  int64_t k = j.taps;
  for (; k >= 4; k = opaque(k - 4)) {
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) {
      x[m] = vld1q_f32(from[m]);
      from[m] = again(from[m] + 4);
    }
    panel = add<3>(acc, x, add<2>(acc, x, add<1>(acc, x, add<0>(acc, x, panel))));
  }
  for (; k > 0; --k) {
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) x[m] = vld1q_dup_f32(from[m]++);
    panel = add<0>(acc, x, panel);
  }
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m, output += j.out_c) {
    float part[kPanel];
    float* const to = channels == kPanel ? output : part;
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) vst1q_f32(to + 4 * n, limit(j, acc[m][n]));
    if (to == part) std::memcpy(output, part, static_cast<size_t>(channels) * sizeof(float));
  }
}

void multiply_rows(const Job& j, const float* rows, int32_t count, const float* panel, const float* bias, int32_t channels,
                   float* output) {
  for (; count >= kRows; count -= kRows, rows += kRows * j.stride, output += kRows * j.out_c) {
    multiply<kRows>(j, rows, panel, bias, channels, output);
  }
  if (count >= 2) {
    multiply<2>(j, rows, panel, bias, channels, output);
    count -= 2, rows += 2 * j.stride, output += 2 * j.out_c;
  }
  if (count > 0) multiply<1>(j, rows, panel, bias, channels, output);
}

/// One row times one filter, as the model has it.
float dot(const float* row, const float* filter, int64_t taps) {
  float32x4_t acc[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};
  int64_t k = 0;
  for (; k + 16 <= taps; k += 16) {
    for (int i = 0; i < 4; ++i) acc[i] = vfmaq_f32(acc[i], vld1q_f32(row + k + 4 * i), vld1q_f32(filter + k + 4 * i));
  }
  for (; k + 4 <= taps; k += 4) acc[0] = vfmaq_f32(acc[0], vld1q_f32(row + k), vld1q_f32(filter + k));
  float total = vaddvq_f32(vaddq_f32(vaddq_f32(acc[0], acc[1]), vaddq_f32(acc[2], acc[3])));
  for (; k < taps; ++k) total += row[k] * filter[k];
  return total;
}

/// Panel `i` of all groups times `count` rows of its group.
void multiply_panel(const ConvShape& s, const Job& j, int64_t i, const float* rows, int32_t count, const float* weights,
                    const float* bias, const float* packed, float* output) {
  const int32_t group_out = s.out_c / s.groups;
  const auto g = static_cast<int32_t>(i / panels_per_group(s)), c0 = static_cast<int32_t>(i % panels_per_group(s)) * kPanel;
  const int32_t channels = lesser(kPanel, group_out - c0), first = g * group_out + c0;
  float start[kPanel] = {};
  for (int32_t k = 0; bias != nullptr && k < channels; ++k) start[k] = bias[first + k];
  if (!few_outputs(s)) return multiply_rows(j, rows, count, packed + i * panel_values(s), start, channels, output + first);
  for (int32_t r = 0; r < count; ++r) {
    for (int32_t c = 0; c < channels; ++c) {
      float v = dot(rows + r * j.stride, weights + (first + c) * j.taps, j.taps) + start[c];
      v = v < j.low ? j.low : v;
      output[r * j.out_c + first + c] = v > j.high ? j.high : v;
    }
  }
}

void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void* packed,
         void* scratch, float* output, Part part) {
  const int32_t group_c = s.in_c / s.groups, block = rows_at_a_time(s);
  const bool direct = pixel_by_pixel(s);
  const Job j = {range.min, range.max, group_filter(s), direct ? s.in_c : group_filter(s), s.out_c};
  const Area area = area_of(s, kRows, s.groups * panels_per_group(s), part);
  OutputPixel at = pixel_at(s, area.pixels.begin);
  for (int64_t p0 = area.pixels.begin; p0 < area.pixels.end; p0 += block) {
    const int64_t left = area.pixels.end - p0;
    const int32_t count = left < block ? static_cast<int32_t>(left) : block;
    OutputPixel pixel = at;
    const float* rows = nullptr;
    for (int64_t i = area.panels.begin; i < area.panels.end; ++i) {
      const int32_t first_c = static_cast<int32_t>(i / panels_per_group(s)) * group_c;
      if (i % panels_per_group(s) == 0 || i == area.panels.begin) {  // a new group
        pixel = at;
        rows = direct ? input + p0 * s.in_c + first_c : static_cast<const float*>(scratch);
        for (int32_t r = 0; !direct && r < count; ++r, advance(s, &pixel)) {
          fill_row(s, input + first_c, pixel, static_cast<float*>(scratch) + r * j.stride);
        }
      }
      multiply_panel(s, j, i, rows, count, weights, bias, static_cast<const float*>(packed), output + p0 * s.out_c);
    }
    at = pixel;
  }
}

}  // namespace

extern "C" const ConvTwinF32 kConv2dF32Neon;
const ConvTwinF32 kConv2dF32Neon = {any_shape, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
