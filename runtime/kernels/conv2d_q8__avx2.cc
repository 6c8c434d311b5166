// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution and fully connected for AVX2. Input windows are widened to rows of int16 with their zero point taken off, a
// block of rows at a time; weights lie in panels of 16 output channels, two taps of each side by side, as pmaddwd multiplies and
// adds them exactly. A zero point of weights is taken off afterwards, by the sum of the row.
#include "kernels/avx2_q8_inl.h"
#include "kernels/avx2_rows_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 6;           // of one register block: 6 x 16 sums in 12 registers
constexpr int32_t kPanel = 16;         // output channels of a panel; the last one of a group may be of 8
constexpr int32_t kMaxRows = 60;       // widened at a time
constexpr int64_t kRowBytes = 98304;   // about, of all rows widened at a time
constexpr int32_t kUnpacked = 8;       // output channels at a time without packing

int64_t pairs_of(const ConvShape& s) { return (group_filter(s) + 1) / 2; }
int64_t panels_per_group(const ConvShape& s) { return (s.out_c / s.groups + kPanel - 1) / kPanel; }
/// Of `channels` output channels: as many biases and scales, rounded up to 8, then the pairs of taps.
int64_t panel_bytes(const ConvShape& s, int64_t channels) { return round_up_to(channels, 8) * (8 + 2 * pairs_of(s)); }

/// Few outputs per weight: packing would cost memory and gain nothing.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || s.out_c / s.groups < 8; }

/// So many that a few blocks of about the same size are all.
int32_t rows_at_a_time(const ConvShape& s) {
  if (few_outputs(s)) return 1;
  const int64_t fit = kRowBytes / (row_stride(s) * 2) / kRows * kRows;
  const int64_t most = fit > kMaxRows ? kMaxRows : fit < kRows ? kRows : fit;
  const int64_t pixels = output_pixels(s), blocks = (pixels + most - 1) / most;
  const int64_t rows = round_up_to((pixels + blocks - 1) / blocks, kRows);
  return static_cast<int32_t>(rows < pixels ? rows : pixels);
}

size_t packed_bytes(const ConvShape& s) {
  return few_outputs(s) ? 0 : static_cast<size_t>(s.groups * panel_bytes(s, s.out_c / s.groups));
}

size_t scratch_bytes(const ConvShape& s) { return static_cast<size_t>(round_up_to(rows_bytes(s, rows_at_a_time(s)), 16)); }

/// Eight filters, whose taps lie `stride` bytes apart, side by side: pair after pair of taps, `step` bytes apart.
void pack_eight(const uint8_t* const filters[8], int64_t taps, int64_t stride, int64_t step, uint8_t* to) {
  int64_t k = 0;
  for (; stride == 1 && k + 16 <= taps; k += 16, to += 8 * step) {
    __m128i a[8], b[8];
    for (int i = 0; i < 8; ++i) a[i] = load128(filters[i] + k);
    for (int i = 0; i < 4; ++i) {
      b[2 * i] = _mm_unpacklo_epi16(a[2 * i], a[2 * i + 1]);
      b[2 * i + 1] = _mm_unpackhi_epi16(a[2 * i], a[2 * i + 1]);
    }
    for (int i = 0; i < 2; ++i) {
      for (int h = 0; h < 2; ++h) {
        a[4 * i + 2 * h] = _mm_unpacklo_epi32(b[4 * i + h], b[4 * i + 2 + h]);
        a[4 * i + 2 * h + 1] = _mm_unpackhi_epi32(b[4 * i + h], b[4 * i + 2 + h]);
      }
    }
    for (int i = 0; i < 4; ++i) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (2 * i) * step), _mm_unpacklo_epi64(a[i], a[4 + i]));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (2 * i + 1) * step), _mm_unpackhi_epi64(a[i], a[4 + i]));
    }
  }
  for (; k < taps; k += 2, to += step) {
    for (int i = 0; i < 8; ++i) {
      to[2 * i] = filters[i][k * stride];
      to[2 * i + 1] = k + 1 < taps ? filters[i][(k + 1) * stride] : 0;  // a window of odd length has noise there
    }
  }
}

/// Packs all filters, `filter` bytes apart, whose taps lie `stride` bytes apart.
void pack_filters(const ConvShape& s, const ConvQuant& q, const void* from, int64_t filter, int64_t stride, void* to) {
  const auto* weights = static_cast<const uint8_t*>(from);
  auto* panel = static_cast<uint8_t*>(to);
  const int64_t taps = group_filter(s);
  const int32_t group_out = s.out_c / s.groups;
  for (int32_t c0 = 0; c0 < s.out_c;) {
    const int32_t channels = lesser(kPanel, group_out - c0 % group_out), lanes = channels > 8 ? 16 : 8;
    std::memset(panel, 0, static_cast<size_t>(lanes) * 8);
    if (q.bias != nullptr) std::memcpy(panel, q.bias + c0, static_cast<size_t>(channels) * 4);
    std::memcpy(panel + lanes * 4, q.scales + c0, static_cast<size_t>(channels) * 4);
    for (int32_t h = 0; h < lanes; h += 8) {
      const uint8_t* filters[8];
      for (int32_t i = 0; i < 8; ++i) filters[i] = weights + (c0 + lesser(h + i, channels - 1)) * filter;  // the last one again
      pack_eight(filters, taps, stride, lanes * 2, panel + lanes * 8 + h * 2);
    }
    panel += panel_bytes(s, lanes);
    c0 += channels;
  }
}

void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  if (!few_outputs(s)) pack_filters(s, q, from, group_filter(s), 1, to);
}

/// What stays the same over a whole convolution.
struct Job {
  Requant requant;
  Requant8 requant8;
  int32_t weight_zero;
  int64_t pairs, out_c;
};

/// M rows times one panel of 8 * W channels, of which `channels` are real.
template <int M, int W, typename T>
void multiply(const Job& j, const Rows& rows, int32_t r0, const uint8_t* panel, int32_t channels, T* output) {
  __m256i acc[M][W];
  for (int m = 0; m < M; ++m) {
    for (int i = 0; i < W; ++i) acc[m][i] = load256(panel + 32 * i);
  }
  const int16_t* a = rows.values + r0 * rows.stride;
  const T* w = reinterpret_cast<const T*>(panel + W * 64);
  for (int64_t k = 0; k < j.pairs; ++k, w += W * 16) {
    __m256i taps[W];
    for (int i = 0; i < W; ++i) taps[i] = widen16(w + 16 * i);
    for (int m = 0; m < M; ++m) {
      int32_t pair;
      std::memcpy(&pair, a + m * rows.stride + 2 * k, 4);
      const __m256i x = _mm256_set1_epi32(pair);
      if (W == 1) {
        add_to(acc[m][0], _mm256_madd_epi16(x, taps[0]));
      } else {
        add_to(acc[m][0], _mm256_madd_epi16(x, taps[0]), acc[m][W - 1], _mm256_madd_epi16(x, taps[W - 1]));
      }
    }
  }
  if (j.weight_zero != 0) {
    for (int m = 0; m < M; ++m) {
      const __m256i off = _mm256_mullo_epi32(_mm256_set1_epi32(j.weight_zero), _mm256_set1_epi32(rows.sums[r0 + m]));
      for (int i = 0; i < W; ++i) acc[m][i] = _mm256_sub_epi32(acc[m][i], off);
    }
  }
  store_rows<M, W>(acc, reinterpret_cast<const float*>(panel + W * 32), j.requant, channels, j.out_c, output + r0 * j.out_c);
}

template <int W, typename T>
void multiply_rows(const Job& j, const Rows& rows, int32_t count, const uint8_t* panel, int32_t channels, T* output) {
  int32_t r = 0;
  for (; r + kRows <= count; r += kRows) multiply<kRows, W>(j, rows, r, panel, channels, output);
  switch (count - r) {
    case 1: return multiply<1, W>(j, rows, r, panel, channels, output);
    case 2: return multiply<2, W>(j, rows, r, panel, channels, output);
    case 3: return multiply<3, W>(j, rows, r, panel, channels, output);
    case 4: return multiply<4, W>(j, rows, r, panel, channels, output);
    case 5: return multiply<5, W>(j, rows, r, panel, channels, output);
    default: return;
  }
}

/// Four filters, unpacked, times a row: lane i is the sum of filter i.
template <typename T>
__m128i dot4(const int16_t* row, const T* const filters[4], int64_t taps) {
  __m256i acc[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256()};
  int64_t k = 0;
  for (; k + 16 <= taps; k += 16) {
    const __m256i x = load256(row + k);
    for (int i = 0; i < 4; ++i) acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(x, widen16(filters[i] + k)));
  }
  if (k < taps) {
    const __m256i x = load256(row + k);  // noise behind the last tap, times zeros
    for (int i = 0; i < 4; ++i) {
      T rest[16] = {};
      std::memcpy(rest, filters[i] + k, static_cast<size_t>(taps - k));
      acc[i] = _mm256_add_epi32(acc[i], _mm256_madd_epi16(x, widen16(rest)));
    }
  }
  const __m256i sums = _mm256_hadd_epi32(_mm256_hadd_epi32(acc[0], acc[1]), _mm256_hadd_epi32(acc[2], acc[3]));
  return _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
}

/// One row times `count` <= kUnpacked filters from output channel c0, with the weights as the model has them.
template <typename T>
void multiply_unpacked(const Job& j, const ConvQuant& q, const int16_t* row, int32_t row_sum, const T* weights, int64_t taps,
                       int32_t c0, int32_t count, T* output) {
  alignas(32) int32_t sums[kUnpacked] = {};
  alignas(32) int32_t bias[kUnpacked] = {};
  alignas(32) float scales[kUnpacked] = {};
  for (int32_t h = 0; h < count; h += 4) {
    const T* filters[4];
    for (int32_t f = 0; f < 4; ++f) filters[f] = weights + (c0 + lesser(h + f, count - 1)) * taps;
    _mm_store_si128(reinterpret_cast<__m128i*>(sums + h), dot4(row, filters, taps));
  }
  std::memcpy(scales, q.scales + c0, static_cast<size_t>(count) * 4);
  if (q.bias != nullptr) std::memcpy(bias, q.bias + c0, static_cast<size_t>(count) * 4);
  __m256i acc = _mm256_add_epi32(load256(sums), load256(bias));
  acc = _mm256_sub_epi32(acc, _mm256_mullo_epi32(_mm256_set1_epi32(j.weight_zero), _mm256_set1_epi32(row_sum)));
  const __m256i result = requant8(acc, _mm256_load_ps(scales), j.requant8);
  store_bytes(output + c0, narrow16<T>(result, result), count);
}

/// The panels of a part, over all groups.
int64_t panel_count(const ConvShape& s) {
  const int32_t group_out = s.out_c / s.groups, size = few_outputs(s) ? kUnpacked : kPanel;
  return static_cast<int64_t>(s.groups) * ((group_out + size - 1) / size);
}

/// The rows of a block times panel `i` of all groups.
template <typename T>
void multiply_panel(const ConvShape& s, const Job& j, const Rows& rows, int32_t count, const void* packed, int64_t i, T* output) {
  const int32_t group_out = s.out_c / s.groups;
  const int64_t g = i / panels_per_group(s), c0 = i % panels_per_group(s) * kPanel;
  const uint8_t* panel = static_cast<const uint8_t*>(packed) + g * panel_bytes(s, group_out) + panel_bytes(s, c0);
  const int32_t channels = lesser(kPanel, group_out - static_cast<int32_t>(c0));
  output += g * group_out + c0;
  if (channels > 8) return multiply_rows<2>(j, rows, count, panel, channels, output);
  multiply_rows<1>(j, rows, count, panel, channels, output);
}

template <typename T>
void run(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch, void* out,
         Part part) {
  const T* input = static_cast<const T*>(in);
  const T* end = input + static_cast<int64_t>(s.batch) * s.in_h * s.in_w * s.in_c;
  const bool unpacked = few_outputs(s);
  const int32_t group_c = s.in_c / s.groups, group_out = s.out_c / s.groups, size = unpacked ? kUnpacked : kPanel;
  const int64_t taps = group_filter(s), per_group = (group_out + size - 1) / size, block = rows_at_a_time(s);
  const Rows rows = rows_in(scratch, s, block);
  const Job j = {make_rows_requant(q.output_zero, q.range), make_requant(q.output_zero, q.range), q.weight_zero, pairs_of(s), s.out_c};
  const Area area = area_of(s, kRows, panel_count(s), part);
  OutputPixel at = pixel_at(s, area.pixels.begin);
  for (int64_t p0 = area.pixels.begin; p0 < area.pixels.end; p0 += block) {
    const int64_t left = area.pixels.end - p0;
    const auto count = static_cast<int32_t>(left < block ? left : block);
    T* output = static_cast<T*>(out) + p0 * s.out_c;
    OutputPixel pixel = at;
    for (int64_t i = area.panels.begin; i < area.panels.end; ++i) {
      const auto g = static_cast<int32_t>(i / per_group), c0 = static_cast<int32_t>(i % per_group) * size;
      if (c0 == 0 || i == area.panels.begin) {
        pixel = at;
        fill_rows(s, Source<T>{input + g * group_c, end, q.input_zero}, &pixel, p0, count, q.weight_zero != 0, rows);
      }
      if (!unpacked) {
        multiply_panel(s, j, rows, count, packed, i, output);
        continue;
      }
      for (int32_t r = 0; r < count; ++r) {
        multiply_unpacked(j, q, rows.values + r * rows.stride, j.weight_zero != 0 ? rows.sums[r] : 0, static_cast<const T*>(weights),
                          taps, g * group_out + c0, lesser(size, group_out - c0), output + r * s.out_c);
      }
    }
    at = pixel;
  }
}

/// Depthwise of a single input channel: a convolution whose weights lie the other way round.
ConvShape as_conv(ConvShape s) {
  s.groups = 1;
  return s;
}
bool takes_one_channel(const ConvShape& s) { return s.in_c == 1 && !few_outputs(as_conv(s)); }
size_t packed_bytes_one(const ConvShape& s) { return packed_bytes(as_conv(s)); }
size_t scratch_bytes_one(const ConvShape& s) { return scratch_bytes(as_conv(s)); }
void pack_one(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  pack_filters(as_conv(s), q, from, 1, s.out_c, to);
}
template <typename T>
void run_one(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch,
             void* out, Part part) {
  run<T>(as_conv(s), q, in, weights, packed, scratch, out, part);
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Avx2, kConv2dU8Avx2, kDepthwiseOfOneS8Avx2, kDepthwiseOfOneU8Avx2;
const ConvTwinQ8 kConv2dS8Avx2 = {any_shape, packed_bytes, scratch_bytes, pack, run<int8_t>};
const ConvTwinQ8 kConv2dU8Avx2 = {any_shape, packed_bytes, scratch_bytes, pack, run<uint8_t>};
const ConvTwinQ8 kDepthwiseOfOneS8Avx2 = {takes_one_channel, packed_bytes_one, scratch_bytes_one, pack_one, run_one<int8_t>};
const ConvTwinQ8 kDepthwiseOfOneU8Avx2 = {takes_one_channel, packed_bytes_one, scratch_bytes_one, pack_one, run_one<uint8_t>};

}  // namespace inlay::kernels
