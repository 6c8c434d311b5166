// SPDX-License-Identifier: Apache-2.0
// float32 convolution and fully connected for AVX512: windows as rows, weights in panels of 32 output channels (the last perhaps
// 16). A 1x1 convolution reads its rows where they are.
#include "kernels/avx512vnni_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 14;         // of one register block: 14 x 32 sums in 28 of 32 registers
constexpr int32_t kPanel = 32;        // output channels of a panel
constexpr int32_t kLanes = 16;        // values of a register
constexpr int32_t kMaxRows = 56;      // gathered at a time
constexpr int64_t kRowBytes = 65536;  // about, of all rows gathered at a time

int32_t group_out(const ConvShape& s) { return s.out_c / s.groups; }
int64_t panels_per_group(const ConvShape& s) { return (group_out(s) + kPanel - 1) / kPanel; }
/// Registers per row of a panel that begins at output channel c0 of its group.
int32_t width_at(const ConvShape& s, int32_t c0) { return group_out(s) - c0 > kLanes ? 2 : 1; }
int64_t panel_values(const ConvShape& s, int32_t width) { return group_filter(s) * width * kLanes; }
int64_t group_values(const ConvShape& s) {
  const int64_t panels = panels_per_group(s);
  return (panels - 1) * panel_values(s, 2) + panel_values(s, width_at(s, static_cast<int32_t>(panels - 1) * kPanel));
}

/// Few outputs per weight: packing would cost memory and gain nothing.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || group_out(s) < 8; }
int32_t rows_at_a_time(const ConvShape& s) { return rows_that_fit(s, kRowBytes, group_filter(s) * 4, kRows, kMaxRows); }

size_t packed_bytes(const ConvShape& s) {
  return few_outputs(s) ? 0 : static_cast<size_t>(s.groups * group_values(s) * 4 + kToLine);
}
size_t scratch_bytes(const ConvShape& s) {
  return pixel_by_pixel(s) ? 0 : static_cast<size_t>(rows_at_a_time(s) * group_filter(s)) * sizeof(float);
}

void pack(const ConvShape& s, const float* weights, void* packed) {
  if (few_outputs(s)) return;
  float* panel = static_cast<float*>(line_start(packed));
  const int64_t taps = group_filter(s);
  for (int32_t g = 0; g < s.groups; ++g) {
    for (int32_t c0 = 0; c0 < group_out(s); c0 += kPanel) {
      const int32_t width = width_at(s, c0), lanes = width * kLanes;
      for (int32_t i = 0; i < lanes; ++i) {
        const bool real = c0 + i < group_out(s);
        const float* filter = weights + (static_cast<int64_t>(g) * group_out(s) + c0 + (real ? i : 0)) * taps;
        for (int64_t k = 0; k < taps; ++k) panel[k * lanes + i] = real ? filter[k] : 0.0f;
      }
      panel += panel_values(s, width);
    }
  }
}

/// What stays the same over a whole convolution.
struct Job {
  __m512 low, high;
  int64_t taps, stride, out_c;  ///< stride: from row to row
};

inline __m512 limit(const Job& j, __m512 v) { return _mm512_min_ps(j.high, _mm512_max_ps(j.low, v)); }

/// M rows times one panel of kWidth registers, of whose channels `channels` are real. bias has them, or is NULL.
template <int M, int kWidth>
void multiply(const Job& j, const float* rows, const float* panel, const float* bias, int32_t channels, float* output) {
  __m512 acc[M][kWidth];
  __mmask16 real[kWidth];
  for (int n = 0; n < kWidth; ++n) {
    real[n] = first16(lesser(channels - n * kLanes, kLanes));
    const __m512 start = bias != nullptr ? _mm512_maskz_loadu_ps(real[n], bias + n * kLanes) : _mm512_setzero_ps();
#pragma GCC unroll 14
    for (int m = 0; m < M; ++m) acc[m][n] = start;
  }
  // Two pointers and three multiples of the stride reach all rows; a pointer for each would not leave enough registers.
  int64_t one = j.stride * 4, three = 3 * one, five = 5 * one;
  const char* x = reinterpret_cast<const char*>(rows);
  const char* later = x + 7 * one;
  const float* const end = panel + j.taps * kWidth * kLanes;
  for (; panel != end; panel += kWidth * kLanes, x += 4, later += 4) {
#ifndef INLAY_EMULATED_VECTORS
    __asm__("" : "+r"(x), "+r"(later), "+r"(one), "+r"(three), "+r"(five));
#endif
    __m512 weights[kWidth];
    for (int n = 0; n < kWidth; ++n) weights[n] = _mm512_loadu_ps(panel + n * kLanes);
    const int64_t steps[] = {0, one, 2 * one, three, 4 * one, five, 2 * three};
#pragma GCC unroll 14
    for (int m = 0; m < M; ++m) {
      float value;
      std::memcpy(&value, (m < 7 ? x : later) + steps[m % 7], 4);
      const __m512 values = _mm512_set1_ps(value);
      for (int n = 0; n < kWidth; ++n) acc[m][n] = finished(_mm512_fmadd_ps(values, weights[n], acc[m][n]));
    }
  }
#pragma GCC unroll 14
  for (int m = 0; m < M; ++m, output += j.out_c) {
    for (int n = 0; n < kWidth; ++n) _mm512_mask_storeu_ps(output + n * kLanes, real[n], limit(j, acc[m][n]));
  }
}

using Multiply = void (*)(const Job&, const float*, const float*, const float*, int32_t, float*);
#define INLAY_ROWS(width)                                                                                                   \
  {                                                                                                                         \
    multiply<1, width>, multiply<2, width>, multiply<3, width>, multiply<4, width>, multiply<5, width>, multiply<6, width>, \
        multiply<7, width>, multiply<8, width>, multiply<9, width>, multiply<10, width>, multiply<11, width>,               \
        multiply<12, width>, multiply<13, width>, multiply<14, width>                                                       \
  }
constexpr Multiply kMultiply[2][kRows] = {INLAY_ROWS(1), INLAY_ROWS(2)};

/// The sums of four registers.
__m128 sums4(const __m512* v) {
  const __m512 a = _mm512_add_ps(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
  const __m512 b = _mm512_add_ps(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
  const __m512i low = _mm512_unpacklo_epi64(_mm512_castps_si512(a), _mm512_castps_si512(b));
  const __m512i high = _mm512_unpackhi_epi64(_mm512_castps_si512(a), _mm512_castps_si512(b));
  const __m512 c = _mm512_add_ps(_mm512_castsi512_ps(low), _mm512_castsi512_ps(high));
  alignas(64) float parts[kLanes];
  _mm512_storeu_ps(parts, c);
  return _mm_add_ps(_mm_add_ps(_mm_loadu_ps(parts), _mm_loadu_ps(parts + 4)),
                    _mm_add_ps(_mm_loadu_ps(parts + 8), _mm_loadu_ps(parts + 12)));
}

/// One row times `count` filters, as the model has them, four at a time.
void multiply_unpacked(const Job& j, FloatRange range, const float* row, const float* filters, const float* bias, int32_t count,
                       float* output) {
  for (int32_t c = 0; c < count; c += 4) {
    const float* at[4];
    __m512 acc[4];
    for (int i = 0; i < 4; ++i) {
      at[i] = filters + lesser(c + i, count - 1) * j.taps;
      acc[i] = _mm512_setzero_ps();
    }
    for (int64_t k = 0; k < j.taps; k += kLanes) {
      const __mmask16 real = first16(j.taps - k < kLanes ? static_cast<int32_t>(j.taps - k) : kLanes);
      const __m512 x = _mm512_maskz_loadu_ps(real, row + k);
      for (int i = 0; i < 4; ++i) acc[i] = _mm512_fmadd_ps(x, _mm512_maskz_loadu_ps(real, at[i] + k), acc[i]);
    }
    float sums[4];
    _mm_storeu_ps(sums, sums4(acc));
    for (int32_t i = 0; i < lesser(4, count - c); ++i) {
      const float v = sums[i] + (bias != nullptr ? bias[c + i] : 0.0f);
      output[c + i] = v < range.min ? range.min : v > range.max ? range.max : v;
    }
  }
}

/// Brings the windows of a block to `scratch`, or finds them in the input.
const float* gather(const ConvShape& s, const float* input, const RowBlock& block, float* scratch) {
  if (pixel_by_pixel(s)) return input + block.first * s.in_c + block.group * (s.in_c / s.groups);
  float* to = scratch;
  visit_rows(
      s, input, block,
      [&](int32_t, const float* x, int64_t n) {
        for (int64_t i = 0; i < n; i += kLanes) {
          const __mmask16 real = first16(n - i < kLanes ? static_cast<int32_t>(n - i) : kLanes);
          _mm512_mask_storeu_ps(to + i, real, _mm512_maskz_loadu_ps(real, x + i));
        }
        to += n;
      },
      [&](int32_t, int64_t n) {
        std::memset(to, 0, static_cast<size_t>(n) * sizeof(float));
        to += n;
      });
  return scratch;
}

void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void* packed,
         void* scratch, float* output, Part part) {
  const int64_t taps = group_filter(s), per_group = panels_per_group(s);
  const Job j = {_mm512_set1_ps(range.min), _mm512_set1_ps(range.max), taps, pixel_by_pixel(s) ? s.in_c : taps, s.out_c};
  const float* rows = nullptr;
  for_each_block(
      area_of(s, kRows, s.groups * per_group, part), rows_at_a_time(s), per_group,
      [&](const RowBlock& block) { rows = gather(s, input, block, static_cast<float*>(scratch)); },
      [&](const RowBlock& block, int64_t i) {
        const int32_t c0 = static_cast<int32_t>(i % per_group) * kPanel, c = block.group * group_out(s) + c0;
        const int32_t channels = lesser(kPanel, group_out(s) - c0);
        const float* start = bias != nullptr ? bias + c : nullptr;
        float* to = output + block.first * s.out_c + c;
        if (few_outputs(s)) {
          for (int32_t r = 0; r < block.count; ++r, to += s.out_c) {
            multiply_unpacked(j, range, rows + r * j.stride, weights + c * taps, start, channels, to);
          }
          return;
        }
        const float* panel =
            static_cast<const float*>(line_start(packed)) + block.group * group_values(s) + i % per_group * panel_values(s, 2);
        const Multiply* const by_rows = kMultiply[width_at(s, c0) - 1];
        for_even_stretches(block.count, kRows, [&](int32_t r, int32_t count) {
          by_rows[count - 1](j, rows + r * j.stride, panel, start, channels, to + static_cast<int64_t>(r) * s.out_c);
        });
      });
}

}  // namespace

extern "C" const ConvTwinF32 kConv2dF32Avx512Vnni;
const ConvTwinF32 kConv2dF32Avx512Vnni = {any_shape, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
