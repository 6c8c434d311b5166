// SPDX-License-Identifier: Apache-2.0
// float32 convolution 3x3 of stride 1 for AVX2 and FMA by F(2x2, 3x3): four outputs for 16 products instead of 36. S. Winograd,
// "Arithmetic Complexity of Computations", 1980; A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016,
// has the transforms. An input that is infinite spreads as NaN over the outputs of its tile.
#include "kernels/avx2_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kPoints = 16;  // of a transformed tile
constexpr int32_t kPanel = 16;   // output channels of a panel
constexpr int32_t kRows = 6;     // tiles of one register block
constexpr int32_t kTiles = 24;   // transformed at a time
constexpr int32_t kLanes = 8;

int32_t tiles_down(const ConvShape& s) { return (s.out_h + 1) / 2; }
int32_t tiles_across(const ConvShape& s) { return (s.out_w + 1) / 2; }
int64_t tile_count(const ConvShape& s) { return static_cast<int64_t>(s.batch) * tiles_down(s) * tiles_across(s); }
int64_t panel_count(const ConvShape& s) { return (s.out_c + kPanel - 1) / kPanel; }
/// Floats from tile to tile of one point.
int64_t row_length(const ConvShape& s) { return round_up_to(s.in_c, kLanes); }

bool takes(const ConvShape& s) {
  return s.filter_h == 3 && s.filter_w == 3 && s.stride_h == 1 && s.stride_w == 1 && s.dilation_h == 1 && s.dilation_w == 1 &&
         s.groups == 1 && s.in_c >= 12 && s.out_c >= 12 && tile_count(s) >= kRows;
}

/// [panel][point][input channel][16].
size_t packed_bytes(const ConvShape& s) { return static_cast<size_t>(panel_count(s) * kPoints * s.in_c * kPanel) * sizeof(float); }

/// Transformed input of kTiles tiles, and their products with one panel.
size_t scratch_bytes(const ConvShape& s) {
  return static_cast<size_t>(kPoints * kTiles * (row_length(s) + kPanel)) * sizeof(float);
}

/// G g G^T of one filter plane whose taps lie `step` apart.
void transform_filter(const float* g, int64_t step, float out[kPoints]) {
  float rows[4][3];
  for (int x = 0; x < 3; ++x) {
    const float a = g[x * step], b = g[(3 + x) * step], c = g[(6 + x) * step];
    rows[0][x] = a;
    rows[1][x] = 0.5f * (a + c + b);
    rows[2][x] = 0.5f * (a + c - b);
    rows[3][x] = c;
  }
  for (int y = 0; y < 4; ++y) {
    const float a = rows[y][0], b = rows[y][1], c = rows[y][2];
    out[4 * y] = a;
    out[4 * y + 1] = 0.5f * (a + c + b);
    out[4 * y + 2] = 0.5f * (a + c - b);
    out[4 * y + 3] = c;
  }
}

void pack(const ConvShape& s, const float* weights, void* to) {
  auto* packed = static_cast<float*>(to);
  std::memset(packed, 0, packed_bytes(s));
  for (int32_t o = 0; o < s.out_c; ++o) {
    float* panel = packed + o / kPanel * kPoints * s.in_c * kPanel + o % kPanel;
    for (int32_t c = 0; c < s.in_c; ++c) {
      float points[kPoints];
      transform_filter(weights + static_cast<int64_t>(o) * 9 * s.in_c + c, s.in_c, points);
      for (int p = 0; p < kPoints; ++p) panel[(static_cast<int64_t>(p) * s.in_c + c) * kPanel] = points[p];
    }
  }
}

inline __m256i mask_of(int32_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/// B^T d B of eight channels of a tile; NULL pixels lie outside the image. Values of point p go to to[p * step].
inline void transform_input(const float* const pixels[kPoints], int32_t c, __m256i mask, int64_t step, float* to) {
  __m256 t[4][4];
#pragma GCC unroll 4
  for (int x = 0; x < 4; ++x) {
    __m256 d[4];
    for (int y = 0; y < 4; ++y) {
      const float* p = pixels[4 * y + x];
      d[y] = p != nullptr ? _mm256_maskload_ps(p + c, mask) : _mm256_setzero_ps();
    }
    t[0][x] = _mm256_sub_ps(d[0], d[2]);
    t[1][x] = _mm256_add_ps(d[1], d[2]);
    t[2][x] = _mm256_sub_ps(d[2], d[1]);
    t[3][x] = _mm256_sub_ps(d[1], d[3]);
  }
#pragma GCC unroll 4
  for (int y = 0; y < 4; ++y) {
    _mm256_storeu_ps(to + (4 * y) * step, _mm256_sub_ps(t[y][0], t[y][2]));
    _mm256_storeu_ps(to + (4 * y + 1) * step, _mm256_add_ps(t[y][1], t[y][2]));
    _mm256_storeu_ps(to + (4 * y + 2) * step, _mm256_sub_ps(t[y][2], t[y][1]));
    _mm256_storeu_ps(to + (4 * y + 3) * step, _mm256_sub_ps(t[y][1], t[y][3]));
  }
}

/// Where the tile of an index begins in the output.
struct Tile {
  int32_t b, y, x;
};
Tile tile_at(const ConvShape& s, int64_t index) {
  const int64_t row = index / tiles_across(s);
  return {static_cast<int32_t>(row / tiles_down(s)), static_cast<int32_t>(row % tiles_down(s)) * 2,
          static_cast<int32_t>(index % tiles_across(s)) * 2};
}

void gather(const ConvShape& s, const float* input, const Tile& t, int64_t step, float* to) {
  const float* pixels[kPoints];
  for (int y = 0; y < 4; ++y) {
    const int32_t iy = t.y - s.pad_top + y;
    for (int x = 0; x < 4; ++x) {
      const int32_t ix = t.x - s.pad_left + x;
      const bool inside = iy >= 0 && iy < s.in_h && ix >= 0 && ix < s.in_w;
      pixels[4 * y + x] = inside ? input + ((static_cast<int64_t>(t.b) * s.in_h + iy) * s.in_w + ix) * s.in_c : nullptr;
    }
  }
  for (int32_t c = 0; c < s.in_c; c += kLanes) transform_input(pixels, c, mask_of(s.in_c - c), step, to + c);
}

/// sum += x * w where it is and now, in the order written.
inline void add_product(__m256& sum, __m256 x, __m256 w) { __asm__ volatile("vfmadd231ps %1, %2, %0" : "+x"(sum) : "x"(x), "x"(w)); }

/// M tiles of one point times a panel: `depth` input channels, rows `stride` floats apart.
template <int M>
void multiply(const float* rows, int64_t stride, const float* panel, int32_t depth, float* to) {
  __m256 acc[M][2];
#pragma GCC unroll 6
  for (int m = 0; m < M; ++m) acc[m][0] = acc[m][1] = _mm256_setzero_ps();
  const float* later = rows + 3 * stride;  // two pointers reach six rows; one for each would not leave enough registers
  for (int32_t k = 0; k < depth; ++k, panel += kPanel, ++rows, ++later) {
    __asm__("" : "+r"(rows), "+r"(later));
    const __m256 w0 = _mm256_loadu_ps(panel), w1 = _mm256_loadu_ps(panel + kLanes);
#pragma GCC unroll 6
    for (int m = 0; m < M; ++m) {
      const __m256 x = _mm256_broadcast_ss((m < 3 ? rows : later) + m % 3 * stride);
      add_product(acc[m][0], x, w0);
      add_product(acc[m][1], x, w1);
    }
  }
#pragma GCC unroll 6
  for (int m = 0; m < M; ++m) {
    _mm256_storeu_ps(to + m * kPanel, acc[m][0]);
    _mm256_storeu_ps(to + m * kPanel + kLanes, acc[m][1]);
  }
}

void multiply_tiles(const float* rows, int64_t stride, int32_t count, const float* panel, int32_t depth, float* to) {
  int32_t r = 0;
  for (; r + kRows <= count; r += kRows) multiply<kRows>(rows + r * stride, stride, panel, depth, to + r * kPanel);
  rows += r * stride;
  to += r * kPanel;
  switch (count - r) {
    case 1: return multiply<1>(rows, stride, panel, depth, to);
    case 2: return multiply<2>(rows, stride, panel, depth, to);
    case 3: return multiply<3>(rows, stride, panel, depth, to);
    case 4: return multiply<4>(rows, stride, panel, depth, to);
    case 5: return multiply<5>(rows, stride, panel, depth, to);
    default: return;
  }
}

/// A^T m A of eight channels: the products of point p lie at m[p * step]. Outputs outside the image are not written.
inline void transform_output(const ConvShape& s, const float* m, int64_t step, __m256 bias, __m256 low, __m256 high, const Tile& t,
                             __m256i mask, float* output) {
  __m256 r[2][4];
#pragma GCC unroll 4
  for (int x = 0; x < 4; ++x) {
    const __m256 a = _mm256_loadu_ps(m + x * step), b = _mm256_loadu_ps(m + (4 + x) * step);
    const __m256 c = _mm256_loadu_ps(m + (8 + x) * step), d = _mm256_loadu_ps(m + (12 + x) * step);
    r[0][x] = _mm256_add_ps(_mm256_add_ps(a, b), c);
    r[1][x] = _mm256_sub_ps(_mm256_sub_ps(b, c), d);
  }
  for (int y = 0; y < 2 && t.y + y < s.out_h; ++y) {
    float* to = output + ((static_cast<int64_t>(t.b) * s.out_h + t.y + y) * s.out_w + t.x) * s.out_c;
    const __m256 first = _mm256_add_ps(bias, _mm256_add_ps(_mm256_add_ps(r[y][0], r[y][1]), r[y][2]));
    const __m256 second = _mm256_add_ps(bias, _mm256_sub_ps(_mm256_sub_ps(r[y][1], r[y][2]), r[y][3]));
    _mm256_maskstore_ps(to, mask, _mm256_min_ps(high, _mm256_max_ps(low, first)));
    if (t.x + 1 < s.out_w) _mm256_maskstore_ps(to + s.out_c, mask, _mm256_min_ps(high, _mm256_max_ps(low, second)));
  }
}

void run(const ConvShape& s, FloatRange range, const float* input, const float*, const float* bias, const void* packed, void* scratch,
         float* output, Part part) {
  const Stretch mine = stretch_of(tile_count(s), kRows, part);
  const int64_t stride = row_length(s), point = kTiles * stride, product_point = kTiles * kPanel;
  auto* values = static_cast<float*>(scratch);
  float* products = values + kPoints * point;
  const __m256 low = _mm256_set1_ps(range.min), high = _mm256_set1_ps(range.max);
  for (int64_t t0 = mine.begin; t0 < mine.end; t0 += kTiles) {
    const int32_t count = mine.end - t0 < kTiles ? static_cast<int32_t>(mine.end - t0) : kTiles;
    for (int32_t i = 0; i < count; ++i) gather(s, input, tile_at(s, t0 + i), point, values + i * stride);
    for (int64_t n = 0; n < panel_count(s); ++n) {
      const float* panel = static_cast<const float*>(packed) + n * kPoints * s.in_c * kPanel;
      for (int p = 0; p < kPoints; ++p, panel += static_cast<int64_t>(s.in_c) * kPanel) {
        multiply_tiles(values + p * point, stride, count, panel, s.in_c, products + p * product_point);
      }
      for (auto c = static_cast<int32_t>(n * kPanel); c < s.out_c && c < (n + 1) * kPanel; c += kLanes) {
        const __m256i mask = mask_of(s.out_c - c);
        const __m256 start = bias != nullptr ? _mm256_maskload_ps(bias + c, mask) : _mm256_setzero_ps();
        for (int32_t i = 0; i < count; ++i) {
          transform_output(s, products + i * kPanel + (c - n * kPanel), product_point, start, low, high, tile_at(s, t0 + i), mask,
                           output + c);
        }
      }
    }
  }
}

}  // namespace

extern "C" const ConvTwinF32 kConv3x3WinogradF32Avx2;
const ConvTwinF32 kConv3x3WinogradF32Avx2 = {takes, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
