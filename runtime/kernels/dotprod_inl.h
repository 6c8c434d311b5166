// SPDX-License-Identifier: Apache-2.0
// What convolutions by dot products of bytes have in common with those by products of byte matrices. Only for files named
// *__dotprod.cc and *__i8mm.cc; internal linkage.
#pragma once
#include "kernels/neon_conv_q8_inl.h"

namespace inlay::kernels {
namespace {

struct RowsByDotProducts {
  template <typename T>
  static bool unusual(const T*, int64_t) {
    return false;
  }

  template <typename T>
  [[gnu::noinline]] static int32x4_t dot(const int8_t* row, const T* const filters[4], int64_t n, bool) {
    int32x4_t acc[4] = {vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0), vdupq_n_s32(0)};
    const T* from[4] = {filters[0], filters[1], filters[2], filters[3]};
    for (; n >= 32; n = opaque(n - 32)) {
      const int8x16x2_t x = next_32(&row);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) {
        const int8x16x2_t w = next_32(&from[i]);
        acc[i] = vdotq_s32(vdotq_s32(acc[i], x.val[0], w.val[0]), x.val[1], w.val[1]);
      }
    }
    if (n > 0) {
      const int8x16_t x = vld1q_s8(row);
#pragma GCC unroll 4
      for (int i = 0; i < 4; ++i) acc[i] = vdotq_s32(acc[i], x, load_s8(from[i]));
    }
    return vpaddq_s32(vpaddq_s32(acc[0], acc[1]), vpaddq_s32(acc[2], acc[3]));
  }
};

}  // namespace
}  // namespace inlay::kernels
