// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution for 64-bit ARM with dot products of bytes: blocks of 4 rows and 16 output channels, four taps of each channel
// side by side.
#include "kernels/dotprod_inl.h"

namespace inlay::kernels {
namespace {

struct Dotprod : RowsByDotProducts {
  static constexpr bool kHalves = true;
  static constexpr int32_t kRows = 4, kPanel = 16, kGrain = 4;

  static int64_t depth(int64_t taps) { return round_up_to(taps, 4); }
  static int64_t place(int64_t, int64_t k, int32_t i) { return k / 4 * 64 + i * 4 + k % 4; }
  /// Four taps, lane `kLane` of each row's, of N times four channels.
  template <int kLane, int M, int N>
  static const int8_t* add(int32x4_t (&acc)[M][N], const int8x16_t (&x)[M], const int8_t* weights) {
    int8x16_t w[N];
#pragma GCC unroll 4
    for (int n = 0; n < N; ++n) w[n] = vld1q_s8(weights + 16 * n);
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) {
#pragma GCC unroll 4
      for (int n = 0; n < N; ++n) acc[m][n] = vdotq_laneq_s32(acc[m][n], w[n], x[m], kLane);
      finish(acc[m]);
    }
    return weights + 64;
  }

  /// M rows times N * 4 channels.
  template <int M, int N, typename T>
  static void block(const Job& j, const Requant& requant, const int8_t* row, const int32_t* sums, const uint8_t* panel,
                    T* output) {
    int32x4_t acc[M][N];
    const int8_t* from[M];
    from[0] = row;
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) {
      const auto* bias = reinterpret_cast<const int32_t*>(again(panel));
#pragma GCC unroll 4
      for (int n = 0; n < N; ++n) acc[m][n] = vld1q_s32(bias + 4 * n);
      if (m > 0) from[m] = again(from[m - 1] + j.stride);
    }
    const auto* w = reinterpret_cast<const int8_t*>(panel + Conv<Dotprod>::kHead);
    int64_t k = j.depth;
    int8x16_t x[M];
    for (; k >= 16; k = opaque(k - 16)) {
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) {
        x[m] = vld1q_s8(from[m]);
        from[m] = again(from[m] + 16);
      }
      w = add<3>(acc, x, add<2>(acc, x, add<1>(acc, x, add<0>(acc, x, w))));
    }
    if (k >= 8) {
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) {
        x[m] = vcombine_s8(vld1_s8(from[m]), vdup_n_s8(0));
        from[m] = again(from[m] + 8);
      }
      w = add<1>(acc, x, add<0>(acc, x, w));
      k -= 8;
    }
    if (k > 0) {  // four
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) x[m] = repeat4(from[m]);
      add<0>(acc, x, w);
    }
    if (j.weight_zero != 0) take_off(j, sums, acc);
    store_block(requant, reinterpret_cast<const float*>(panel) + kPanel, acc, j.out_c, output);
  }

  template <int N, typename T>
  [[gnu::noinline]] static void multiply_panel(const Job& job, const Rows& rows, int32_t count, const uint8_t* panel, T* output) {
    const Job j = job;
    for_blocks<kRows>(j, rows, count, output, [&](auto m, const int8_t* row, const int32_t* sums, T* to) {
      block<decltype(m)::value, N>(j, j.requant, row, sums, panel, to);
    });
  }

  template <typename T>
  static void multiply(const Job& j, const Rows& rows, int32_t count, const uint8_t* panel, bool half, T* output) {
    if (half) return multiply_panel<2>(j, rows, count, panel, output);
    multiply_panel<4>(j, rows, count, panel, output);
  }
};

}  // namespace

using OfOne = DepthwiseOfOne<Dotprod>;
extern "C" const ConvTwinQ8 kConv2dS8Dotprod, kConv2dU8Dotprod, kDepthwiseOfOneS8Dotprod, kDepthwiseOfOneU8Dotprod;
const ConvTwinQ8 kConv2dS8Dotprod = twin_of<Conv<Dotprod>, int8_t>(any_shape);
const ConvTwinQ8 kConv2dU8Dotprod = twin_of<Conv<Dotprod>, uint8_t>(any_shape);
const ConvTwinQ8 kDepthwiseOfOneS8Dotprod = twin_of<OfOne, int8_t>(OfOne::takes);
const ConvTwinQ8 kDepthwiseOfOneU8Dotprod = twin_of<OfOne, uint8_t>(OfOne::takes);

}  // namespace inlay::kernels
