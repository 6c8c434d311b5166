// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution for 64-bit ARM with dot products of bytes: blocks of 4 rows and 16 output channels, four taps of each channel
// side by side.
#include "kernels/neon_conv_q8_inl.h"

namespace inlay::kernels {
namespace {

struct Dotprod {
  static constexpr int32_t kRows = 4, kPanel = 16, kGrain = 4;

  static int64_t depth(int64_t taps) { return round_up_to(taps, 4); }
  static int64_t place(int64_t, int64_t k, int32_t i) { return k / 4 * 64 + i * 4 + k % 4; }
  template <typename T>
  static bool unusual(const T*, int64_t) {
    return false;
  }

  /// Four taps, lane `kLane` of each row's, of all sixteen channels.
  template <int kLane, int M>
  static const int8_t* step(int32x4_t (&acc)[M][4], const int8x16_t (&x)[M], const int8_t* weights) {
    const int8x16x4_t w = vld1q_s8_x4(weights);
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) {
      acc[m][0] = vdotq_laneq_s32(acc[m][0], w.val[0], x[m], kLane);
      acc[m][1] = vdotq_laneq_s32(acc[m][1], w.val[1], x[m], kLane);
      acc[m][2] = vdotq_laneq_s32(acc[m][2], w.val[2], x[m], kLane);
      acc[m][3] = vdotq_laneq_s32(acc[m][3], w.val[3], x[m], kLane);
      finish(acc[m]);
    }
    return again(weights + 64);
  }

  template <int M, typename T>
  [[gnu::noinline]] static void multiply(const Job& j, const Rows& rows, const uint8_t* panel, int32_t channels, T* output) {
    int32x4_t acc[M][4];
    const int8_t* from[M];
#pragma GCC unroll 4
    for (int m = 0; m < M; ++m) {
      const auto* bias = reinterpret_cast<const int32_t*>(again(panel));
      for (int n = 0; n < 4; ++n) acc[m][n] = vld1q_s32(bias + 4 * n);
      from[m] = rows.values + m * j.stride;
    }
    const auto* w = reinterpret_cast<const int8_t*>(panel + Conv<Dotprod>::kHead);
    int64_t k = j.depth;
    int8x16_t x[M];
    for (; k >= 16; k -= 16) {
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) {
        x[m] = vld1q_s8(from[m]);
        from[m] += 16;
      }
      w = step<3>(acc, x, step<2>(acc, x, step<1>(acc, x, step<0>(acc, x, w))));
    }
    if (k >= 8) {
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) {
        x[m] = vcombine_s8(vld1_s8(from[m]), vdup_n_s8(0));
        from[m] += 8;
      }
      w = step<1>(acc, x, step<0>(acc, x, w));
      k -= 8;
    }
    for (; k > 0; k -= 4) {
#pragma GCC unroll 4
      for (int m = 0; m < M; ++m) {
        int32_t four;
        std::memcpy(&four, from[m], 4);
        from[m] += 4;
        x[m] = vreinterpretq_s8_s32(vsetq_lane_s32(four, vdupq_n_s32(0), 0));
      }
      w = step<0>(acc, x, w);
    }
    if (j.weight_zero != 0) take_off(j, rows.sums, acc);
    store_block(j, reinterpret_cast<const float*>(panel) + kPanel, acc, channels, output);
  }

  template <typename T>
  static int32x4_t dot(const int8_t* row, const T* const filters[4], int64_t n, bool) {
    int32x4_t acc[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    for (int64_t k = 0; k < n; k += 16) {
      const int8x16_t x = vld1q_s8(row + k);
      for (int i = 0; i < 4; ++i) acc[i] = vdotq_s32(acc[i], x, load_s8(filters[i] + k));
    }
    return vpaddq_s32(vpaddq_s32(acc[0], acc[1]), vpaddq_s32(acc[2], acc[3]));
  }
};

}  // namespace

using DotprodConv = Conv<Dotprod>;
extern const ConvTwinQ8 kConv2dS8Dotprod, kConv2dU8Dotprod;
const ConvTwinQ8 kConv2dS8Dotprod = {any_shape, DotprodConv::packed_bytes, DotprodConv::scratch_bytes<int8_t>,
                                     DotprodConv::pack<int8_t>, DotprodConv::run<int8_t>};
const ConvTwinQ8 kConv2dU8Dotprod = {any_shape, DotprodConv::packed_bytes, DotprodConv::scratch_bytes<uint8_t>,
                                     DotprodConv::pack<uint8_t>, DotprodConv::run<uint8_t>};

}  // namespace inlay::kernels
