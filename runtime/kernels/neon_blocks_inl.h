// SPDX-License-Identifier: Apache-2.0
// Blocks of rows times panels of output channels, of the 8-bit convolutions for ARM: what all levels do with them.
#pragma once
#include "kernels/neon_inl.h"

namespace inlay::kernels {
namespace {

/// What stays the same over a whole convolution. depth: taps of a panel; stride: from row to row.
struct Job {
  Requant requant;
  int32_t weight_zero;
  int64_t taps, depth, stride, out_c;
};

/// The rows of some output pixels, and their sums when the weights have a zero point.
struct Rows {
  const int8_t* values;
  const int32_t* sums;
};

int32_t row_sum(const int8_t* row, int64_t n) {
  int32x4_t sum = vdupq_n_s32(0);
  int64_t k = 0;
  for (; k + 16 <= n; k += 16) sum = vpadalq_s16(sum, vpaddlq_s8(vld1q_s8(row + k)));
  int32_t total = vaddvq_s32(sum);
  for (; k < n; ++k) total += row[k];
  return total;
}

/// Takes off what a zero point of the weights added to M rows of N times four sums.
template <int M, int N>
inline void take_off(const Job& j, const int32_t* row_sums, int32x4_t (&acc)[M][N]) {
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) acc[m][n] = vmlsq_n_s32(acc[m][n], vdupq_n_s32(row_sums[m]), j.weight_zero);
  }
}

/// Requantizes and stores M rows of sixteen sums.
template <int M, typename T>
inline void store_block(const Requant& r, const float* scales, int32x4_t (&acc)[M][4], int64_t step, T* output) {
  const Scales scale = load_scales(scales);
#pragma GCC unroll 4
  for (int m = 0; m < M; ++m, output += step) store16(output, requant16(acc[m], scale, r));
}
/// The same of eight sums.
template <int M, typename T>
inline void store_block(const Requant& r, const float* scales, int32x4_t (&acc)[M][2], int64_t step, T* output) {
  const float32x4_t first = vld1q_f32(scales), second = vld1q_f32(scales + 4);
  const Scales scale = {{first, second, first, second}};
#pragma GCC unroll 2
  for (int m = 0; m < M; m += 2, output += 2 * step) {
    constexpr int kLast = M - 1;
    const int32x4_t both[4] = {acc[m][0], acc[m][1], acc[m < kLast ? m + 1 : m][0], acc[m < kLast ? m + 1 : m][1]};
    const int8x16_t v = requant16(both, scale, r);
    store_low(output, v);
    if (m < kLast) store_high(output + step, v);
  }
}

/// Calls block(rows as a constant, first row, their sums, output) for blocks of kRows rows, then of fewer.
template <int kRows, typename T, typename Block>
inline void for_blocks(const Job& j, const Rows& rows, int32_t count, T* output, Block block) {
  const int8_t* row = rows.values;
  const int32_t* sums = rows.sums;
  const auto one = [&](auto m) {
    block(m, row, sums, output);
    row += m * j.stride;
    sums += m;
    output += m * j.out_c;
  };
  for (; count >= kRows; count -= kRows) one(std::integral_constant<int, kRows>());
  if constexpr (kRows > 2) {
    for (; count >= 2; count -= 2) one(std::integral_constant<int, 2>());
  }
  if (count > 0) one(std::integral_constant<int, 1>());
}

}  // namespace
}  // namespace inlay::kernels
