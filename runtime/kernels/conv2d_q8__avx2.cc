// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution and fully connected for AVX2. Input windows are widened to rows of int16 with their zero point taken off, a
// block of rows at a time; weights lie in panels of 16 output channels, two taps of each side by side, as pmaddwd multiplies and
// adds them exactly. A zero point of weights is taken off afterwards, by the sum of the row.
#include "kernels/avx2_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 6;        // of one register block: 6 x 16 sums in 12 registers
constexpr int32_t kPanel = 16;      // output channels of a panel
constexpr int32_t kMaxRows = 48;    // widened at a time
constexpr int64_t kRowBytes = 65536;  // about, of all rows widened at a time
constexpr int32_t kUnpacked = 8;    // output channels at a time without packing
constexpr int64_t kHead = kPanel * 8;  // bytes of a panel before its weights: 16 biases, 16 scales

int64_t row_length(const ConvShape& s) { return round_up_to(group_filter(s), 16); }
int64_t panel_bytes(const ConvShape& s) { return kHead + (group_filter(s) + 1) / 2 * (2 * kPanel); }
int64_t panels_per_group(const ConvShape& s) { return (s.out_c / s.groups + kPanel - 1) / kPanel; }

/// Few outputs per weight: packing would cost memory and gain nothing.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || s.out_c / s.groups < 8; }

int32_t rows_at_a_time(const ConvShape& s) {
  if (few_outputs(s)) return 1;
  const int64_t fit = kRowBytes / (row_length(s) * 2) / kRows * kRows;
  const int64_t rows = fit > kMaxRows ? kMaxRows : fit < kRows ? kRows : fit;
  const int64_t pixels = output_pixels(s);
  return static_cast<int32_t>(rows < pixels ? rows : pixels);
}

size_t packed_bytes(const ConvShape& s) {
  return few_outputs(s) ? 0 : static_cast<size_t>(s.groups * panels_per_group(s) * panel_bytes(s));
}

size_t scratch_bytes(const ConvShape& s) {
  const int64_t rows = rows_at_a_time(s);
  return static_cast<size_t>(rows * row_length(s) * 2 + round_up_to(rows * 4, 16));
}

template <typename T>
void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  if (few_outputs(s)) return;
  const T* weights = static_cast<const T*>(from);
  auto* panel = static_cast<uint8_t*>(to);
  const int64_t taps = group_filter(s), bytes = panel_bytes(s);
  const int32_t group_out = s.out_c / s.groups;
  for (int32_t g = 0; g < s.groups; ++g) {
    for (int32_t c0 = 0; c0 < group_out; c0 += kPanel, panel += bytes) {
      std::memset(panel, 0, static_cast<size_t>(bytes));
      for (int32_t i = 0; i < lesser(kPanel, group_out - c0); ++i) {
        const int32_t c = g * group_out + c0 + i;
        if (q.bias != nullptr) std::memcpy(panel + i * 4, &q.bias[c], 4);
        std::memcpy(panel + (kPanel + i) * 4, &q.scales[c], 4);
        const T* filter = weights + c * taps;
        uint8_t* column = panel + kHead + i * 2;
        for (int64_t k = 0; k < taps; ++k) column[(k >> 1) * (2 * kPanel) + (k & 1)] = static_cast<uint8_t>(filter[k]);
      }
    }
  }
}

/// The rows of some output pixels, and their sums when the weights have a zero point.
struct Rows {
  int16_t* values;
  int32_t* sums;
  int64_t stride;
};

int32_t row_sum(const int16_t* row, int64_t length) {
  __m256i sum = _mm256_setzero_si256();
  for (int64_t k = 0; k < length; k += 16) sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load256(row + k), _mm256_set1_epi16(1)));
  alignas(32) int32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sum);
  uint32_t total = 0;
  for (const int32_t lane : lanes) total += static_cast<uint32_t>(lane);
  return static_cast<int32_t>(total);
}

/// Widens the window of an output pixel into row r.
template <typename T>
void fill_row(const ConvShape& s, const ConvQuant& q, const T* input, int32_t group, const OutputPixel& p, int64_t pixel,
              const Rows& rows, int32_t r) {
  int16_t* const row = rows.values + r * rows.stride;
  int16_t* to = row;
  const T* first = input + group * (s.in_c / s.groups);
  if (pixel_by_pixel(s)) {
    const int64_t count = s.in_c / s.groups;
    widen_run(first + pixel * s.in_c, count, q.input_zero, to);
    to += count;
  } else {
    visit_window(
        s, first + static_cast<int64_t>(p.b) * s.in_h * s.in_w * s.in_c, p.y, p.x,
        [&](const T* x, int64_t n) {
          widen_run(x, n, q.input_zero, to);
          to += n;
        },
        [&](int64_t n) {
          std::memset(to, 0, static_cast<size_t>(n) * 2);
          to += n;
        });
  }
  if (to < row + rows.stride) std::memset(to, 0, static_cast<size_t>(row + rows.stride - to) * 2);
  if (q.weight_zero != 0) rows.sums[r] = row_sum(row, rows.stride);
}

/// What stays the same over a whole convolution.
struct Job {
  Requant8 requant;
  int32_t weight_zero;
  int64_t pairs, out_c;
};

/// M rows times one panel, of which `channels` are real.
template <int M, typename T>
void multiply(const Job& j, const Rows& rows, int32_t r0, const uint8_t* panel, int32_t channels, T* output) {
  __m256i acc[M][2];
  for (int m = 0; m < M; ++m) {
    acc[m][0] = load256(panel);
    acc[m][1] = load256(panel + 32);
  }
  const int16_t* a = rows.values + r0 * rows.stride;
  const T* w = reinterpret_cast<const T*>(panel + kHead);
  for (int64_t k = 0; k < j.pairs; ++k, w += 2 * kPanel) {
    const __m256i w0 = widen16(w), w1 = widen16(w + 16);
    for (int m = 0; m < M; ++m) {
      int32_t pair;
      std::memcpy(&pair, a + m * rows.stride + 2 * k, 4);
      const __m256i x = _mm256_set1_epi32(pair);
      acc[m][0] = finished(_mm256_add_epi32(acc[m][0], _mm256_madd_epi16(x, w0)));
      acc[m][1] = finished(_mm256_add_epi32(acc[m][1], _mm256_madd_epi16(x, w1)));
    }
  }
  const auto* scales = reinterpret_cast<const float*>(panel + kPanel * 4);
  const __m256 s0 = _mm256_loadu_ps(scales), s1 = _mm256_loadu_ps(scales + 8);
  for (int m = 0; m < M; ++m) {
    if (j.weight_zero != 0) {
      const __m256i off = _mm256_mullo_epi32(_mm256_set1_epi32(j.weight_zero), _mm256_set1_epi32(rows.sums[r0 + m]));
      acc[m][0] = _mm256_sub_epi32(acc[m][0], off);
      acc[m][1] = _mm256_sub_epi32(acc[m][1], off);
    }
    store_bytes(output + m * j.out_c, narrow16<T>(requant8(acc[m][0], s0, j.requant), requant8(acc[m][1], s1, j.requant)), channels);
  }
}

template <typename T>
void multiply_rows(const Job& j, const Rows& rows, int32_t count, const uint8_t* panel, int32_t channels, T* output) {
  int32_t r = 0;
  for (; r + kRows <= count; r += kRows) multiply<kRows>(j, rows, r, panel, channels, output + r * j.out_c);
  switch (count - r) {
    case 1: return multiply<1>(j, rows, r, panel, channels, output + r * j.out_c);
    case 2: return multiply<2>(j, rows, r, panel, channels, output + r * j.out_c);
    case 3: return multiply<3>(j, rows, r, panel, channels, output + r * j.out_c);
    case 4: return multiply<4>(j, rows, r, panel, channels, output + r * j.out_c);
    case 5: return multiply<5>(j, rows, r, panel, channels, output + r * j.out_c);
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
    const __m256i x = load256(row + k);  // zeros behind the last tap
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
  const __m256i result = requant8(acc, _mm256_load_ps(scales), j.requant);
  store_bytes(output + c0, narrow16<T>(result, result), count);
}

/// The panels of a part, over all groups.
int64_t panel_count(const ConvShape& s) {
  const int32_t group_out = s.out_c / s.groups, size = few_outputs(s) ? kUnpacked : kPanel;
  return static_cast<int64_t>(s.groups) * ((group_out + size - 1) / size);
}

template <typename T>
void run(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch, void* out,
         Part part) {
  const T* input = static_cast<const T*>(in);
  const bool unpacked = few_outputs(s);
  const int32_t group_out = s.out_c / s.groups, size = unpacked ? kUnpacked : kPanel, block = rows_at_a_time(s);
  const int64_t taps = group_filter(s), per_group = (group_out + size - 1) / size;
  const Rows rows = {static_cast<int16_t*>(scratch), reinterpret_cast<int32_t*>(static_cast<int16_t*>(scratch) + block * row_length(s)),
                     row_length(s)};
  const Job j = {make_requant(q.output_zero, q.range), q.weight_zero, (taps + 1) / 2, s.out_c};
  const Area area = area_of(s, kRows, panel_count(s), part);
  OutputPixel at = pixel_at(s, area.pixels.begin);
  for (int64_t p0 = area.pixels.begin; p0 < area.pixels.end; p0 += block) {
    const int64_t left = area.pixels.end - p0;
    const int32_t count = left < block ? static_cast<int32_t>(left) : block;
    T* output = static_cast<T*>(out) + p0 * s.out_c;
    OutputPixel pixel = at;
    for (int64_t i = area.panels.begin; i < area.panels.end; ++i) {
      const auto g = static_cast<int32_t>(i / per_group), c0 = static_cast<int32_t>(i % per_group) * size;
      if (c0 == 0 || i == area.panels.begin) {
        pixel = at;
        for (int32_t r = 0; r < count; ++r, advance(s, &pixel)) fill_row(s, q, input, g, pixel, p0 + r, rows, r);
      }
      const int32_t channels = lesser(size, group_out - c0);
      if (unpacked) {
        for (int32_t r = 0; r < count; ++r) {
          multiply_unpacked(j, q, rows.values + r * rows.stride, j.weight_zero != 0 ? rows.sums[r] : 0,
                            static_cast<const T*>(weights), taps, g * group_out + c0, channels, output + r * s.out_c);
        }
      } else {
        multiply_rows(j, rows, count, static_cast<const uint8_t*>(packed) + i * panel_bytes(s), channels, output + g * group_out + c0);
      }
    }
    at = pixel;
  }
}

}  // namespace

extern const ConvTwinQ8 kConv2dS8Avx2, kConv2dU8Avx2;
const ConvTwinQ8 kConv2dS8Avx2 = {any_shape, packed_bytes, scratch_bytes, pack<int8_t>, run<int8_t>};
const ConvTwinQ8 kConv2dU8Avx2 = {any_shape, packed_bytes, scratch_bytes, pack<uint8_t>, run<uint8_t>};

}  // namespace inlay::kernels
