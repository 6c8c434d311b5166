// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for AVX2, from 8 channels, no dilation: a tile of the output, 16 or 8 channels at a time. Its input
// rows are widened and interleaved by twos once, so that pmaddwd takes two taps of a column, one below the other. An output row
// that starts at the second row of a pair has weights of its own, shifted by a row. The input's zero point is part of the packed
// bias: padding is a pair of zero points.
#include "kernels/avx2_q8_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int64_t kBufferPairs = 200;  // about, of pixels: what they are made from and what is made of them stays in the L1 cache
constexpr int32_t kMaxRows = 8;        // of a tile
constexpr int32_t kFewRows = 4;        // of one that is not as wide as the output

/// Pairs of rows an output row needs, wherever it starts.
int32_t pairs_of(const ConvShape& s) { return s.filter_h / 2 + 1; }
/// Weights of output rows that start at the first, and those that start at the second row of a pair.
int32_t starts_of(const ConvShape& s) { return s.stride_h % 2 == 0 ? 1 : 2; }
int64_t start_bytes(const ConvShape& s, int32_t lanes) { return static_cast<int64_t>(pairs_of(s)) * s.filter_w * lanes * 4; }
int64_t block_bytes(const ConvShape& s, int32_t lanes) { return lanes * 8 + starts_of(s) * start_bytes(s, lanes); }

/// The channels of a block, `lanes` from `first`: sixteen, or eight where the rest is no more. The last blocks are moved back so
/// that they are full, and compute some channels again.
struct Block {
  int32_t first, lanes;
};
int32_t block_count(const ConvShape& s) { return s.in_c < 16 ? (s.in_c + 7) / 8 : (s.in_c + 15) / 16; }
Block block_at(const ConvShape& s, int32_t i) {
  const int32_t lanes = s.in_c < 16 || s.in_c - i * 16 <= 8 ? 8 : 16, first = s.in_c < 16 ? i * 8 : i * 16;
  return {lesser(first, s.in_c - lanes), lanes};
}

/// What is computed at a time.
struct Tile {
  int32_t rows, columns;
};
/// Input columns of so many output columns, and pairs of rows of so many output rows.
int64_t columns_for(const ConvShape& s, int32_t columns) { return static_cast<int64_t>(columns - 1) * s.stride_w + s.filter_w; }
int64_t pairs_for(const ConvShape& s, int32_t rows) { return static_cast<int64_t>(rows - 1) * s.stride_h / 2 + pairs_of(s); }

Tile tile_of(const ConvShape& s) {
  int32_t rows = lesser(s.out_h, kMaxRows);
  while (rows > kFewRows && pairs_for(s, rows) * columns_for(s, s.out_w) > kBufferPairs) --rows;
  const int64_t fit = (kBufferPairs / pairs_for(s, rows) - s.filter_w) / s.stride_w + 1;
  const int64_t most = fit < 8 ? 8 : fit, tiles = (s.out_w + most - 1) / most;
  return {rows, static_cast<int32_t>(round_up_to((s.out_w + tiles - 1) / tiles, 4))};
}

size_t packed_bytes(const ConvShape& s) {
  int64_t bytes = 0;
  for (int32_t i = 0; i < block_count(s); ++i) bytes += block_bytes(s, block_at(s, i).lanes);
  return static_cast<size_t>(bytes);
}
size_t scratch_bytes(const ConvShape& s) {
  const Tile t = tile_of(s);
  return static_cast<size_t>(pairs_for(s, t.rows) * columns_for(s, t.columns) * (s.in_c < 16 ? 8 : 16) * 4);
}

/// The channel that unpacking bytes leaves at a position of a block of sixteen.
int32_t channel_at(int32_t position, int32_t lanes) {
  return lanes == 8 ? position : position / 4 % 2 * 8 + position / 8 * 4 + position % 4;
}

inline __m256i widen_channels(const int8_t* p, int32_t lanes) {
  return lanes == 16 ? widen16(p) : _mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i widen_channels(const uint8_t* p, int32_t lanes) {
  return lanes == 16 ? widen16(p) : _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}

/// Adds a tap to a register of pairs: `w` has a word in each half of a lane, or only the low one.
void add_tap(__m256i w, bool second, uint8_t* to) {
  w = second ? _mm256_slli_epi32(w, 16) : _mm256_and_si256(w, _mm256_set1_epi32(0xffff));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_or_si256(load256(to), w));
}

/// Fills the weights of a block, which are zeros, and adds up those of each channel.
template <typename T>
void pack_taps(const ConvShape& s, int32_t weight_zero, const T* weights, int32_t lanes, uint8_t* to, __m256i (&sums)[2]) {
  const __m256i zero = lanes == 16 ? _mm256_set1_epi16(static_cast<int16_t>(weight_zero)) : _mm256_set1_epi32(weight_zero);
  for (int32_t k = 0; k < s.filter_h * s.filter_w; ++k, weights += s.out_c) {
    const __m256i w = widen_channels(weights, lanes);
    const __m256i v = lanes == 16 ? _mm256_sub_epi16(w, zero) : _mm256_sub_epi32(w, zero);
    const __m256i low = lanes == 16 ? _mm256_unpacklo_epi16(v, v) : v, high = _mm256_unpackhi_epi16(v, v);
    sums[0] = _mm256_add_epi32(sums[0], lanes == 16 ? _mm256_srai_epi32(low, 16) : v);
    sums[1] = _mm256_add_epi32(sums[1], _mm256_srai_epi32(high, 16));
    for (int32_t start = 0; start < starts_of(s); ++start) {
      const int32_t row = k / s.filter_w + start;
      uint8_t* tap = to + start * start_bytes(s, lanes) + (static_cast<int64_t>(row / 2) * s.filter_w + k % s.filter_w) * lanes * 4;
      add_tap(low, row % 2 != 0, tap);
      if (lanes == 16) add_tap(high, row % 2 != 0, tap + 32);
    }
  }
}

template <typename T>
void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  auto* block = static_cast<uint8_t*>(to);
  for (int32_t b = 0; b < block_count(s); ++b) {
    const Block at = block_at(s, b);
    std::memset(block, 0, static_cast<size_t>(block_bytes(s, at.lanes)));
    __m256i sums[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    pack_taps(s, q.weight_zero, static_cast<const T*>(from) + at.first, at.lanes, block + at.lanes * 8, sums);
    alignas(32) uint32_t total[16];
    for (int i = 0; i < 2; ++i) _mm256_store_si256(reinterpret_cast<__m256i*>(total) + i, sums[i]);
    for (int32_t i = 0; i < at.lanes; ++i) {
      const int32_t c = at.first + channel_at(i, at.lanes);
      const uint32_t bias = (q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0) - total[i] * static_cast<uint32_t>(q.input_zero);
      std::memcpy(block + i * 4, &bias, 4);
      std::memcpy(block + (at.lanes + i) * 4, &q.scales[c], 4);
    }
    block += block_bytes(s, at.lanes);
  }
}

/// Interleaves two input rows of 8 * W channels, n pixels `step` values apart; a row outside the image is a row of zero points.
template <int W, typename T>
void interleave(const T* a, int64_t a_step, const T* b, int64_t b_step, int64_t n, int32_t* to) {
  for (int64_t i = 0; i < n; ++i, a += a_step, b += b_step, to += 8 * W) {
    auto* out = reinterpret_cast<__m256i*>(to);
    if (W == 2) {
      const __m256i x = widen16(a), y = widen16(b);
      _mm256_storeu_si256(out, _mm256_unpacklo_epi16(x, y));
      _mm256_storeu_si256(out + W - 1, _mm256_unpackhi_epi16(x, y));
    } else {
      const __m128i x = widen8<T>(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(a)));
      const __m128i y = widen8<T>(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(b)));
      _mm256_storeu_si256(out, _mm256_set_m128i(_mm_unpackhi_epi16(x, y), _mm_unpacklo_epi16(x, y)));
    }
  }
}

/// `pairs` pairs of input rows from row y on, `columns` pixels of each from x on, with their padding. `image` points to the first
/// channel of the block.
template <int W, typename T>
void fill_buffer(const ConvShape& s, const T* image, int32_t zero, int64_t y, int64_t x, int64_t pairs, int64_t columns,
                 int32_t* to) {
  alignas(16) T zeros[16];
  std::memset(zeros, zero, sizeof(zeros));
  const __m256i gap = _mm256_set1_epi16(static_cast<int16_t>(zero));
  const auto inside = [&](int64_t v) { return v < 0 ? 0 : v > s.in_w ? s.in_w : v; };
  const int64_t begin = inside(x), end = inside(x + columns);
  for (int64_t p = 0; p < pairs; ++p, y += 2) {
    const auto row = [&](int64_t at) { return at >= 0 && at < s.in_h ? image + (at * s.in_w + begin) * s.in_c : zeros; };
    const auto step = [&](int64_t at) { return at >= 0 && at < s.in_h ? s.in_c : 0; };
    const auto pad = [&](int64_t n) {
      for (int64_t i = 0; i < n * W; ++i, to += 8) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), gap);
    };
    const int64_t left = x < 0 ? (-x < columns ? -x : columns) : 0;
    pad(left);
    interleave<W>(row(y), step(y), row(y + 1), step(y + 1), end - begin, to);
    to += (end - begin) * 8 * W;
    pad(columns - left - (end - begin));
  }
}

/// What an output row of a block is computed from.
struct Line {
  const int32_t* pairs;    ///< of the first column, in the first pair of rows it needs
  int64_t row, step;       ///< to the next pair of rows, to the next pixel's
  const uint8_t *head, *weights;  ///< biases and scales; weights for the row this one starts at
  int64_t rows, columns;   ///< of pairs, of the window
};

/// The sums of M output pixels.
template <int P, int C, int W, int M>
inline void sum_pixels(const Line& l, const int32_t* at, const __m256i_u* w, __m256i (&acc)[M][W]) {
  for (int m = 0; m < M; ++m) {
    for (int i = 0; i < W; ++i) acc[m][i] = load256(l.head + 32 * i);
  }
  const int64_t rows = P > 0 ? P : l.rows, columns = C > 0 ? C : l.columns;
#pragma GCC unroll 3
  for (int64_t p = 0; p < rows; ++p) {
#pragma GCC unroll 5
    for (int64_t c = 0; c < columns; ++c, w += W) {
      const int32_t* x = at + p * l.row + c * 8 * W;
#pragma GCC unroll 4
      for (int m = 0; m < M; m += 3 - W, x += l.step * (3 - W)) {
        if (M * W == 1) {
          add_to(acc[0][0], _mm256_madd_epi16(load256(x), w[0]));
        } else if (W == 1) {
          add_to(acc[m][0], _mm256_madd_epi16(load256(x), w[0]), acc[(m + 1) % M][0],
                 _mm256_madd_epi16(load256(x + l.step), w[0]));
        } else {
          add_to(acc[m][0], _mm256_madd_epi16(load256(x), w[0]), acc[m][W - 1], _mm256_madd_epi16(load256(x + 8), w[W - 1]));
        }
      }
    }
  }
}

/// Output pixels x .. x + M - 1, `step` from one to the next.
template <int P, int C, int W, int M, typename T>
inline void some_pixels(const Line& l, int64_t x, const __m256i_u* w, const Requant& r, int64_t step, T* output) {
  __m256i acc[M][W];
  sum_pixels<P, C, W, M>(l, l.pairs + x * l.step, w, acc);
  store_rows<M, W, T, W == 2>(acc, reinterpret_cast<const float*>(l.head + 32 * W), r, 8 * W, step, output + x * step);
}

/// An output row of 8 * W channels. P and C are the window's rows of pairs and columns, or -1 where Line has them. Inlined into a
/// larger function it would lose its registers to that.
template <int P, int C, int W, typename T>
__attribute__((noinline)) void output_row(const Line& line, const Requant& requant, int64_t out_w, int64_t step, T* output) {
  const Line l = line;
  const Requant r = requant;
  constexpr int kKept = P > 0 ? P * C * W : 1;
  __m256i kept[kKept];  // in registers, if they fit
  for (int i = 0; i < kKept; ++i) kept[i] = load256(l.weights + 32 * i);
  const __m256i_u* w = P > 0 ? kept : reinterpret_cast<const __m256i_u*>(l.weights);
  int64_t x = 0;
  for (; x + 4 / W <= out_w; x += 4 / W) some_pixels<P, C, W, 4 / W>(l, x, w, r, step, output);
  for (; x < out_w; ++x) some_pixels<P, C, W, 1>(l, x, w, r, step, output);
}

/// A tile from output row y and column x on, 8 * W channels.
template <int W, typename T>
void compute_tile(const ConvShape& s, const ConvQuant& q, const Requant& r, const T* image, const uint8_t* block, int64_t y,
                  int64_t x, const Tile& t, int32_t* buffer, T* output) {
  const int64_t columns = columns_for(s, t.columns), row = columns * 8 * W;
  fill_buffer<W>(s, image, q.input_zero, y * s.stride_h - s.pad_top, x * s.stride_w - s.pad_left, pairs_for(s, t.rows), columns,
                 buffer);
  for (int32_t i = 0; i < t.rows; ++i, output += static_cast<int64_t>(s.out_w) * s.out_c) {
    const int64_t first = static_cast<int64_t>(i) * s.stride_h;
    const uint8_t* weights = block + W * 64 + first % 2 * start_bytes(s, W * 8);
    const int64_t step = static_cast<int64_t>(s.stride_w) * 8 * W;
    const Line l = {buffer + first / 2 * row, row, step, block, weights, pairs_of(s), s.filter_w};
    if (s.filter_h == 3 && s.filter_w == 3) {
      output_row<2, 3, W>(l, r, t.columns, s.out_c, output);
    } else {
      output_row<-1, -1, W>(l, r, t.columns, s.out_c, output);
    }
  }
}

/// All channels of a tile.
template <typename T>
void compute_blocks(const ConvShape& s, const ConvQuant& q, const T* image, const void* packed, int32_t y, int32_t x,
                    const Tile& t, void* scratch, T* output) {
  const Requant r = make_rows_requant(q.output_zero, q.range);
  const auto* block = static_cast<const uint8_t*>(packed);
  auto* const buffer = static_cast<int32_t*>(scratch);
  for (int32_t i = 0; i < block_count(s); ++i) {
    const Block b = block_at(s, i);
    if (b.lanes == 16) {
      compute_tile<2>(s, q, r, image + b.first, block, y, x, t, buffer, output + b.first);
    } else {
      compute_tile<1>(s, q, r, image + b.first, block, y, x, t, buffer, output + b.first);
    }
    block += block_bytes(s, b.lanes);
  }
}

template <typename T>
void run(const ConvShape& s, const ConvQuant& q, const void* in, const void*, const void* packed, void* scratch, void* out,
         Part part) {
  const Stretch all = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  const Tile most = tile_of(s);
  for (int64_t at = all.begin; at < all.end;) {
    const auto y = static_cast<int32_t>(at % s.out_h);
    const int64_t left = all.end - at;
    const int32_t rows = lesser(lesser(most.rows, s.out_h - y), left < most.rows ? static_cast<int32_t>(left) : most.rows);
    const T* image = static_cast<const T*>(in) + at / s.out_h * s.in_h * s.in_w * s.in_c;
    T* output = static_cast<T*>(out) + at * s.out_w * s.out_c;
    for (int32_t x = 0; x < s.out_w; x += most.columns) {
      const Tile t = {rows, lesser(most.columns, s.out_w - x)};
      compute_blocks(s, q, image, packed, y, x, t, scratch, output + static_cast<int64_t>(x) * s.out_c);
    }
    at += rows;
  }
}

bool takes(const ConvShape& s) { return one_per_channel(s) && s.in_c >= 8 && s.dilation_h == 1 && s.dilation_w == 1; }

}  // namespace

extern "C" const ConvTwinQ8 kDepthwisePairsS8Avx2, kDepthwisePairsU8Avx2;
const ConvTwinQ8 kDepthwisePairsS8Avx2 = {takes, packed_bytes, scratch_bytes, pack<int8_t>, run<int8_t>};
const ConvTwinQ8 kDepthwisePairsU8Avx2 = {takes, packed_bytes, scratch_bytes, pack<uint8_t>, run<uint8_t>};

}  // namespace inlay::kernels
