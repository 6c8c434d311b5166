// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution for ARM without dot products: blocks of rows and 8 output channels, sixteen taps of a channel side by
// side. Two products of bytes fit into 16 bits when no weight is -128 (2 * 127 * 128), and then share one addition to the 32-bit
// sums; panels with such a weight are told apart when they are packed.
#include <limits>

#include "kernels/neon_conv_q8_inl.h"

namespace inlay::kernels {
namespace {

struct Neon {
  static constexpr bool kHalves = false;
  static constexpr int32_t kRows = kVectors / 16, kPanel = 8, kGrain = 8;

  /// Sixteen taps of each channel, and at the end, of up to eight left, eight.
  static int64_t depth(int64_t taps) { return round_up_to(taps, 8); }
  static int64_t place(int64_t taps, int64_t k, int32_t i) {
    const int64_t whole = depth(taps) / 16 * 16;
    return k < whole ? k / 16 * 128 + i * 16 + k % 16 : whole * kPanel + i * 8 + k - whole;
  }
  template <typename T>
  static bool unusual(const T* weights, int64_t n) {
    bool found = false;
    for (int64_t i = 0; i < n; ++i) found = found || weights[i] == std::numeric_limits<T>::min();
    return found;
  }

  /// What the sixteen products of x and w add up to, as 16-bit sums of two for `kUnusual` false.
  template <bool kUnusual, bool kFirst>
  static int32x4_t add(int32x4_t acc, int8x16_t x, int8x16_t w) {
    const int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(w));
    if (!kUnusual) {
      const int16x8_t both = vmlal_high_s8(low, x, w);
      return kFirst ? vpaddlq_s16(both) : vpadalq_s16(acc, both);
    }
    return vpadalq_s16(kFirst ? vpaddlq_s16(low) : vpadalq_s16(acc, low), vmull_high_s8(x, w));
  }

  /// Sixteen taps of M rows and eight channels.
  template <bool kUnusual, bool kFirst, int M>
  static const int8_t* step(int32x4_t (&acc)[M][8], const int8_t* (&from)[M], const int8_t* weights) {
    int8x16_t x[M];
#pragma GCC unroll 2
    for (int m = 0; m < M; ++m) {
      x[m] = vld1q_s8(from[m]);
      from[m] = again(from[m] + 16);
    }
#pragma GCC unroll 2
    for (int h = 0; h < 8; h += 4) {
      const int8x16x4_t w = vld1q_s8_x4(weights);
      weights = again(weights + 64);
#pragma GCC unroll 4
      for (int n = 0; n < 4; ++n) {
#pragma GCC unroll 2
        for (int m = 0; m < M; ++m) {
          acc[m][h + n] = add<kUnusual, kFirst>(acc[m][h + n], x[m], w.val[n]);
          __asm__ volatile("" : "+w"(acc[m][h + n]));
        }
      }
    }
    return weights;
  }

  /// The last eight taps.
  template <int M>
  static void last(int32x4_t (&acc)[M][8], const int8_t* const (&from)[M], const int8_t* weights) {
    int8x16_t x[M];
#pragma GCC unroll 2
    for (int m = 0; m < M; ++m) x[m] = repeat8(from[m]);
#pragma GCC unroll 4
    for (int n = 0; n < 8; n += 2) {
      const int8x16_t w = vld1q_s8(weights + 8 * n);
#pragma GCC unroll 2
      for (int m = 0; m < M; ++m) {
        acc[m][n] = vpadalq_s16(acc[m][n], vmull_s8(vget_low_s8(x[m]), vget_low_s8(w)));
        acc[m][n + 1] = vpadalq_s16(acc[m][n + 1], vmull_high_s8(x[m], w));
        __asm__ volatile("" : "+w"(acc[m][n]), "+w"(acc[m][n + 1]));
      }
    }
  }

  /// M rows times a panel.
  template <bool kUnusual, int M, typename T>
  static void block(const Job& j, const Requant& requant, const int8_t* row, const int32_t* row_sums, const uint8_t* panel,
                    T* output) {
    int32x4_t acc[M][8], sums[M][2];
    const int8_t* from[M];
    from[0] = row;
    if (M == 2) from[M - 1] = from[0] + j.stride;
    const auto* w = reinterpret_cast<const int8_t*>(panel + Conv<Neon>::kHead);
    int64_t k = j.depth;
    if (k >= 16) {
      w = step<kUnusual, true>(acc, from, w);
      for (k = opaque(k - 16); k >= 16; k = opaque(k - 16)) w = step<kUnusual, false>(acc, from, w);
    } else {
#pragma GCC unroll 16
      for (int i = 0; i < 8 * M; ++i) acc[i / 8][i % 8] = vdupq_n_s32(0);
    }
    if (k > 0) last(acc, from, w);
    const int32x4x2_t bias = vld1q_s32_x2(reinterpret_cast<const int32_t*>(panel));
#pragma GCC unroll 4
    for (int i = 0; i < 2 * M; ++i) {
      const int32x4_t* a = &acc[i / 2][i % 2 * 4];
      sums[i / 2][i % 2] = vaddq_s32(vpaddq_s32(vpaddq_s32(a[0], a[1]), vpaddq_s32(a[2], a[3])), bias.val[i % 2]);
    }
    if (j.weight_zero != 0) take_off(j, row_sums, sums);
    store_block(requant, reinterpret_cast<const float*>(panel) + kPanel, sums, j.out_c, output);
  }

  template <bool kUnusual, typename T>
  [[gnu::noinline]] static void multiply_panel(const Job& job, const Rows& rows, int32_t count, const uint8_t* panel, T* output) {
    const Job j = job;
    for_blocks<kRows>(j, rows, count, output, [&](auto m, const int8_t* row, const int32_t* sums, T* to) {
      block<kUnusual, decltype(m)::value>(j, j.requant, row, sums, panel, to);
    });
  }

  template <typename T>
  static void multiply(const Job& j, const Rows& rows, int32_t count, const uint8_t* panel, bool, T* output) {
    int32_t unusual;
    std::memcpy(&unusual, panel + kPanel * 8, 4);
    if (unusual != 0) return multiply_panel<true>(j, rows, count, panel, output);
    multiply_panel<false>(j, rows, count, panel, output);
  }

  template <bool kUnusual, typename T>
  [[gnu::noinline]] static int32x4_t dot_of(const int8_t* row, const T* const filters[4], int64_t n) {
    int32x4_t acc[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    const T* from[4] = {filters[0], filters[1], filters[2], filters[3]};
    for (; n >= 32; n = opaque(n - 32)) {
      const int8x16_t x = vld1q_s8(row), y = vld1q_s8(row + 16);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        acc[i] = add<kUnusual, false>(acc[i], x, load_s8(from[i]));
        acc[i] = add<kUnusual, false>(acc[i], y, load_s8(from[i] + 16));
        from[i] += 32;
      }
      row += 32;
    }
    if (n > 0) {
      const int8x16_t x = vld1q_s8(row);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) acc[i] = add<kUnusual, false>(acc[i], x, load_s8(from[i]));
    }
    return vpaddq_s32(vpaddq_s32(acc[0], acc[1]), vpaddq_s32(acc[2], acc[3]));
  }
  template <typename T>
  static int32x4_t dot(const int8_t* row, const T* const filters[4], int64_t n, bool unusual) {
    return unusual ? dot_of<true>(row, filters, n) : dot_of<false>(row, filters, n);
  }
};

}  // namespace

using OfOne = DepthwiseOfOne<Neon>;
extern "C" const ConvTwinQ8 kConv2dS8Neon, kConv2dU8Neon, kDepthwiseOfOneS8Neon, kDepthwiseOfOneU8Neon;
const ConvTwinQ8 kConv2dS8Neon = twin_of<Conv<Neon>, int8_t>(any_shape);
const ConvTwinQ8 kConv2dU8Neon = twin_of<Conv<Neon>, uint8_t>(any_shape);
const ConvTwinQ8 kDepthwiseOfOneS8Neon = twin_of<OfOne, int8_t>(OfOne::takes);
const ConvTwinQ8 kDepthwiseOfOneU8Neon = twin_of<OfOne, uint8_t>(OfOne::takes);

}  // namespace inlay::kernels
