// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution and fully connected for AVX512-VNNI. The windows of a block of output pixels are rows of bytes, in place
// where the input already has them; weights lie in panels of 32 output channels (the last perhaps 16), four taps of each side by
// side. Zero points are part of the packed bias, but for a zero point of weights, which takes the sums of the rows.
#include "kernels/avx512vnni_dot_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 14;         // of one register block: 14 x 32 sums in 28 of 32 registers
constexpr int32_t kPanel = 32;        // output channels of a panel
constexpr int32_t kMaxRows = 56;      // gathered at a time
constexpr int64_t kRowBytes = 32768;  // about, of all rows gathered at a time
constexpr int32_t kUnpacked = 16;     // output channels at a time without packing

int64_t row_length(const ConvShape& s) { return round_up_to(group_filter(s), kLine); }
int64_t quads_of(const ConvShape& s) { return (group_filter(s) + 3) / 4; }
int32_t group_out(const ConvShape& s) { return s.out_c / s.groups; }

/// Few outputs per weight: packing would cost memory and gain nothing, or lanes would idle.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || (group_out(s) <= 4 && group_filter(s) > 128); }

int32_t rows_at_a_time(const ConvShape& s) {
  return few_outputs(s) ? 1 : rows_that_fit(s, kRowBytes, row_length(s), kRows, kMaxRows);
}
int64_t panels_per_group(const ConvShape& s) {
  const int32_t size = few_outputs(s) ? kUnpacked : kPanel;
  return (group_out(s) + size - 1) / size;
}
/// Registers per row of a panel that begins at output channel c0 of its group.
int32_t width_at(const ConvShape& s, int32_t c0) { return group_out(s) - c0 > 16 ? 2 : 1; }
/// Biases and scales, then the weights.
int64_t panel_bytes(const ConvShape& s, int32_t width) { return (2 + quads_of(s)) * width * kLine; }
int64_t group_bytes(const ConvShape& s) {
  const int64_t panels = panels_per_group(s);
  return (panels - 1) * panel_bytes(s, 2) + panel_bytes(s, width_at(s, static_cast<int32_t>(panels - 1) * kPanel));
}

size_t packed_bytes(const ConvShape& s) {
  if (few_outputs(s)) return static_cast<size_t>(s.out_c) * 4;
  return static_cast<size_t>(s.groups * group_bytes(s) + kToLine);
}

/// Rows, their sums, and a line that copies of short runs write behind the last row.
size_t scratch_bytes(const ConvShape& s) {
  const int64_t rows = rows_at_a_time(s);
  return static_cast<size_t>(rows * row_length(s) + kLine + round_up_to(rows * 4, 16) + kToLine);
}

/// Where channel i of a panel lies. Two registers take four channels each in turn: packing them to words brings them into order.
int32_t slot(int32_t width, int32_t i) { return width == 1 ? i : (i >> 2 & 1) * 16 + (i >> 3) * 4 + (i & 3); }

void pack_filter(const uint8_t* filter, int64_t taps, uint8_t flip, int64_t step, uint8_t* to) {
  const uint32_t flips = flip * 0x01010101u;
  int64_t k = 0;
  for (; k + 4 <= taps; k += 4, to += step) {
    uint32_t quad;
    std::memcpy(&quad, filter + k, 4);
    quad ^= flips;
    std::memcpy(to, &quad, 4);
  }
  for (int64_t i = k; i < taps; ++i) to[i - k] = static_cast<uint8_t>(filter[i] ^ flip);
}

template <typename T>
void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  const Bytes b = bytes_of<T>(q);
  const auto* weights = static_cast<const uint8_t*>(from);
  const int64_t taps = group_filter(s);
  if (few_outputs(s)) {
    for (int32_t c = 0; c < s.out_c; ++c) {
      static_cast<int32_t*>(to)[c] = bias_of(q, b, c, taps, signed_sum(weights + c * taps, taps, b.flip_w));
    }
    return;
  }
  uint8_t* panel = line_start(static_cast<uint8_t*>(to));
  std::memset(panel, 0, static_cast<size_t>(s.groups * group_bytes(s)));
  for (int32_t g = 0; g < s.groups; ++g) {
    for (int32_t c0 = 0; c0 < group_out(s); c0 += kPanel) {
      const int32_t width = width_at(s, c0);
      for (int32_t i = 0; i < lesser(kPanel, group_out(s) - c0); ++i) {
        const int32_t c = g * group_out(s) + c0 + i;
        const int32_t bias = bias_of(q, b, c, taps, signed_sum(weights + c * taps, taps, b.flip_w));
        uint8_t* column = panel + slot(width, i) * 4;
        std::memcpy(column, &bias, 4);
        std::memcpy(column + width * kLine, &q.scales[c], 4);
        pack_filter(weights + c * taps, taps, b.flip_w, width * kLine, column + 2 * width * kLine);
      }
      panel += panel_bytes(s, width);
    }
  }
}

/// The rows of a block: X, and their sums when W have a zero point.
struct Rows {
  const uint8_t* values;
  int64_t stride;
  int32_t* sums;  ///< NULL when they are not needed
};

/// What stays the same over a whole convolution.
struct Job {
  Requant requant;
  Bytes bytes;
  int64_t quads, out_c;
};

/// M rows times one panel of kWidth registers, of whose channels `channels` are real.
template <int M, int kWidth>
void multiply(const Job& j, const Rows& rows, int32_t r0, const uint8_t* panel, int32_t channels, uint8_t* output) {
  __m512i acc[M][kWidth];
#pragma GCC unroll 14
  for (int m = 0; m < M; ++m) {
    for (int n = 0; n < kWidth; ++n) acc[m][n] = load512(panel + n * kLine);
  }
  // Two pointers and three multiples of the stride reach all rows; a pointer for each would not leave enough registers.
  int64_t one = rows.stride, three = 3 * one, five = 5 * one;
  const uint8_t* x = rows.values + r0 * one;
  const uint8_t* later = x + 7 * one;
  const uint8_t* w = panel + 2 * kWidth * kLine;
  for (const uint8_t* const end = w + j.quads * kWidth * kLine; w != end; w += kWidth * kLine, x += 4, later += 4) {
#ifndef INLAY_EMULATED_VECTORS
    __asm__("" : "+r"(x), "+r"(later), "+r"(one), "+r"(three), "+r"(five));
#endif
    __m512i weights[kWidth];
    for (int n = 0; n < kWidth; ++n) weights[n] = load512(w + n * kLine);
    const int64_t steps[] = {0, one, 2 * one, three, 4 * one, five, 2 * three};
#pragma GCC unroll 14
    for (int m = 0; m < M; ++m) {
      int32_t quad;
      std::memcpy(&quad, (m < 7 ? x : later) + steps[m % 7], 4);
      const __m512i xs = _mm512_set1_epi32(quad);
      for (int n = 0; n < kWidth; ++n) acc[m][n] = _mm512_dpbusd_epi32(acc[m][n], xs, weights[n]);
    }
  }
  __m512 scales[kWidth];
  for (int n = 0; n < kWidth; ++n) scales[n] = _mm512_loadu_ps(panel + (kWidth + n) * kLine);
#pragma GCC unroll 14
  for (int m = 0; m < M; ++m, output += j.out_c) {
    if (rows.sums != nullptr) {
      const __m512i off = _mm512_mullo_epi32(_mm512_set1_epi32(j.bytes.w_zero), _mm512_set1_epi32(rows.sums[r0 + m]));
      for (int n = 0; n < kWidth; ++n) acc[m][n] = _mm512_sub_epi32(acc[m][n], off);
    }
    if (kWidth == 1) {
      _mm_mask_storeu_epi8(output, first16(channels), requant16(acc[m][0], scales[0], j.requant));
    } else {
      const __m512i words = requant_words(requant_high(acc[m][0], scales[0], j.requant),
                                          requant_high(acc[m][kWidth - 1], scales[kWidth - 1], j.requant), j.requant);
      _mm256_mask_storeu_epi8(output, first32(channels), _mm512_cvtepi16_epi8(words));
    }
  }
}

using Multiply = void (*)(const Job&, const Rows&, int32_t, const uint8_t*, int32_t, uint8_t*);
#define INLAY_ROWS(width)                                                                                                   \
  {                                                                                                                         \
    multiply<1, width>, multiply<2, width>, multiply<3, width>, multiply<4, width>, multiply<5, width>, multiply<6, width>, \
        multiply<7, width>, multiply<8, width>, multiply<9, width>, multiply<10, width>, multiply<11, width>,               \
        multiply<12, width>, multiply<13, width>, multiply<14, width>                                                       \
  }
constexpr Multiply kMultiply[2][kRows] = {INLAY_ROWS(1), INLAY_ROWS(2)};

/// One row times `count` <= kUnpacked filters, whose first weight, bias, scale and output are given.
void multiply_unpacked(const Job& j, const Rows& rows, const uint8_t* filters, int64_t taps, const int32_t* bias,
                       const float* scales, int32_t count, uint8_t* output) {
  alignas(64) int32_t sums[kUnpacked] = {};
  for (int32_t c = 0; c < count; c += 8)
    dot8(rows.values, filters + c * taps, lesser(count - c, 8), taps, j.bytes.flip_w, sums + c);
  const __mmask16 real = first16(count);
  __m512i acc = _mm512_add_epi32(load512(sums), _mm512_maskz_loadu_epi32(real, bias));
  if (rows.sums != nullptr) acc = _mm512_sub_epi32(acc, _mm512_set1_epi32(j.bytes.w_zero * rows.sums[0]));
  _mm_mask_storeu_epi8(output, real, requant16(acc, _mm512_maskz_loadu_ps(real, scales), j.requant));
}

/// n bytes, flipped; writes up to a line behind them.
void copy_run(const uint8_t* from, int64_t n, __m512i flips, uint8_t* to) {
  int64_t i = 0;
  for (; i + kLine <= n; i += kLine) store512(to + i, _mm512_xor_si512(load512(from + i), flips));
  if (i < n) store512(to + i, _mm512_xor_si512(_mm512_maskz_loadu_epi8(first64(n - i), from + i), flips));
}

/// Brings the windows of a block to `scratch`, or finds them in the input.
Rows gather(const ConvShape& s, const Bytes& b, const uint8_t* input, const RowBlock& block, uint8_t* scratch) {
  const int64_t taps = group_filter(s), stride = row_length(s);
  const int32_t group_c = s.in_c / s.groups;
  uint8_t* const values = line_start(scratch);
  auto* sums = reinterpret_cast<int32_t*>(values + rows_at_a_time(s) * stride + kLine);
  Rows rows = {values, stride, b.w_zero != 0 ? sums : nullptr};
  const bool each = pixel_by_pixel(s);
  const uint8_t* const first = input + block.first * s.in_c + block.group * group_c;
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(b.flip_x)), zeros = _mm512_set1_epi8(static_cast<char>(b.x_zero));
  if (each && b.flip_x == 0 && group_c % 4 == 0) {
    rows.values = first;
    rows.stride = s.in_c;
  } else if (each) {
    for (int32_t r = 0; r < block.count; ++r)
      copy_run(first + static_cast<int64_t>(r) * s.in_c, taps, flips, values + r * stride);
  } else {
    int64_t at = 0;  // in the row; rows come one after the other, from their begin to their end
    visit_rows(
        s, input, block,
        [&](int32_t r, const uint8_t* x, int64_t n) {
          copy_run(x, n, flips, values + r * stride + at);
          at = at + n < taps ? at + n : 0;
        },
        [&](int32_t r, int64_t n) {
          for (int64_t i = 0; i < n; i += kLine) store512(values + r * stride + at + i, zeros);
          at = at + n < taps ? at + n : 0;
        });
  }
  for (int32_t r = 0; rows.sums != nullptr && r < block.count; ++r) sums[r] = unsigned_sum(rows.values + r * rows.stride, taps);
  return rows;
}

template <typename T>
void run(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch,
         void* out, Part part) {
  const bool unpacked = few_outputs(s);
  const int32_t size = unpacked ? kUnpacked : kPanel;
  const int64_t taps = group_filter(s), per_group = panels_per_group(s);
  const Job j = {make_requant(q.output_zero, q.range), bytes_of<T>(q), quads_of(s), s.out_c};
  Rows rows = {};
  for_each_block(
      area_of(s, kRows, s.groups * per_group, part), rows_at_a_time(s), per_group,
      [&](const RowBlock& block) {
        rows = gather(s, j.bytes, static_cast<const uint8_t*>(in), block, static_cast<uint8_t*>(scratch));
      },
      [&](const RowBlock& block, int64_t i) {
        const int32_t c0 = static_cast<int32_t>(i % per_group) * size, c = block.group * group_out(s) + c0;
        const int32_t channels = lesser(size, group_out(s) - c0);
        uint8_t* const output = static_cast<uint8_t*>(out) + block.first * s.out_c + c;
        if (unpacked) {
          multiply_unpacked(j, rows, static_cast<const uint8_t*>(weights) + c * taps, taps,
                            static_cast<const int32_t*>(packed) + c, q.scales + c, channels, output);
          return;
        }
        const uint8_t* panel =
            line_start(static_cast<const uint8_t*>(packed)) + block.group * group_bytes(s) + i % per_group * panel_bytes(s, 2);
        const Multiply* const by_rows = kMultiply[width_at(s, c0) - 1];
        for_even_stretches(block.count, kRows, [&](int32_t r, int32_t count) {
          by_rows[count - 1](j, rows, r, panel, channels, output + static_cast<int64_t>(r) * s.out_c);
        });
      });
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Avx512Vnni, kConv2dU8Avx512Vnni;
const ConvTwinQ8 kConv2dS8Avx512Vnni = {any_shape, packed_bytes, scratch_bytes, pack<int8_t>, run<int8_t>};
const ConvTwinQ8 kConv2dU8Avx512Vnni = {any_shape, packed_bytes, scratch_bytes, pack<uint8_t>, run<uint8_t>};

}  // namespace inlay::kernels
