// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution for 64-bit ARM with products of byte matrices: each instruction multiplies eight taps of two rows by those of
// two output channels. Blocks of 4 rows and 16 output channels.
#include "kernels/dotprod_inl.h"

namespace inlay::kernels {
namespace {

struct I8mm : RowsByDotProducts {
  static constexpr bool kHalves = true;
  static constexpr int32_t kRows = 4, kPanel = 16, kGrain = 8;

  static int64_t depth(int64_t taps) { return round_up_to(taps, 8); }
  static int64_t place(int64_t, int64_t k, int32_t i) { return k / 8 * 128 + i * 8 + k % 8; }

  /// Eight taps of P pairs of rows and C pairs of channels: acc[p][c] is a matrix of two rows and two channels.
  template <int P, int C>
  static const int8_t* add(int32x4_t (&acc)[P][C], const int8x16_t (&x)[P], const int8_t* weights) {
#pragma GCC unroll 2
    for (int h = 0; h < C; h += 4) {
      const int8x16x4_t w = vld1q_s8_x4(weights + 16 * h);
#pragma GCC unroll 4
      for (int c = 0; c < 4; ++c) {
#pragma GCC unroll 2
        for (int p = 0; p < P; ++p) {
          acc[p][h + c] = vmmlaq_s32(acc[p][h + c], x[p], w.val[c]);
          __asm__ volatile("" : "+w"(acc[p][h + c]));
        }
      }
    }
    return again(weights + 128);
  }

  /// M rows times 2 * C channels.
  template <int M, int C, typename T>
  static void block(const Job& j, const Requant& requant, const int8_t* row, const int32_t* row_sums, const uint8_t* panel,
                    T* output) {
    constexpr int P = (M + 1) / 2;
    int32x4_t acc[P][C];
    const int8_t* from[2 * P];
    from[0] = row;
#pragma GCC unroll 4
    for (int m = 1; m < 2 * P; ++m) from[m] = m < M ? again(from[m - 1] + j.stride) : from[m - 1];
#pragma GCC unroll 2
    for (int p = 0; p < P; ++p) {
      const auto* bias = reinterpret_cast<const int64_t*>(again(panel));
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) acc[p][c] = vreinterpretq_s32_s64(vld1q_dup_s64(bias + c));
    }
    const auto* w = reinterpret_cast<const int8_t*>(panel + Conv<I8mm>::kHead);
    int64_t k = j.depth;
    int8x16_t first[P], second[P];
    for (; k >= 16; k = opaque(k - 16)) {
#pragma GCC unroll 2
      for (int p = 0; p < P; ++p) {
        const int64x2_t a = vreinterpretq_s64_s8(vld1q_s8(from[2 * p])), b = vreinterpretq_s64_s8(vld1q_s8(from[2 * p + 1]));
        first[p] = vreinterpretq_s8_s64(vzip1q_s64(a, b));
        second[p] = vreinterpretq_s8_s64(vzip2q_s64(a, b));
        from[2 * p] = again(from[2 * p] + 16);
        from[2 * p + 1] = again(from[2 * p + 1] + 16);
      }
      w = add(acc, second, add(acc, first, w));
    }
    if (k > 0) {  // eight
#pragma GCC unroll 2
      for (int p = 0; p < P; ++p) first[p] = vcombine_s8(vld1_s8(from[2 * p]), vld1_s8(from[2 * p + 1]));
      add(acc, first, w);
    }
    int32x4_t sums[M][C / 2];
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
      for (int n = 0; n < C / 2; ++n) {
        const int64x2_t a = vreinterpretq_s64_s32(acc[m / 2][2 * n]), b = vreinterpretq_s64_s32(acc[m / 2][2 * n + 1]);
        sums[m][n] = vreinterpretq_s32_s64(m % 2 == 0 ? vzip1q_s64(a, b) : vzip2q_s64(a, b));
      }
    }
    if (j.weight_zero != 0) take_off(j, row_sums, sums);
    store_block(requant, reinterpret_cast<const float*>(panel) + kPanel, sums, j.out_c, output);
  }

  template <int C, typename T>
  [[gnu::noinline]] static void multiply_panel(const Job& job, const Rows& rows, int32_t count, const uint8_t* panel, T* output) {
    const Job j = job;
    for_blocks<kRows>(j, rows, count, output, [&](auto m, const int8_t* row, const int32_t* sums, T* to) {
      block<decltype(m)::value, C>(j, j.requant, row, sums, panel, to);
    });
  }

  template <typename T>
  static void multiply(const Job& j, const Rows& rows, int32_t count, const uint8_t* panel, bool half, T* output) {
    if (half) return multiply_panel<4>(j, rows, count, panel, output);
    multiply_panel<8>(j, rows, count, panel, output);
  }
};

/// With few taps the matrices of sums cost more to take apart than is gained.
bool takes(const ConvShape& s) { return group_filter(s) >= 32; }

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8I8mm, kConv2dU8I8mm;
const ConvTwinQ8 kConv2dS8I8mm = twin_of<Conv<I8mm>, int8_t>(takes);
const ConvTwinQ8 kConv2dU8I8mm = twin_of<Conv<I8mm>, uint8_t>(takes);

}  // namespace inlay::kernels
