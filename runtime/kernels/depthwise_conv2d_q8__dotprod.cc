// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for 64-bit ARM with dot products: the three values of a column of a window become neighbours, once
// for all windows that share the column, so that one dot product multiplies and adds a column of four channels.
#include "kernels/neon_depthwise_q8_inl.h"

namespace inlay::kernels {
namespace {

struct Dotprod {
  /// Four channels each: top, middle, bottom and anything, whose weight is 0.
  struct Column {
    int8x16_t of[4];
  };
  struct Weights {
    Column column[3];
  };

  template <typename T>
  static bool can_slide(const T*, int64_t) {
    return true;
  }
  static int64_t place(int64_t y, int64_t x, int32_t channel) { return x * 64 + channel * 4 + y; }

  static Weights load_weights(const int8_t* p) {
    Weights w;
#pragma GCC unroll 12
    for (int i = 0; i < 12; ++i) w.column[i / 4].of[i % 4] = vld1q_s8(p + 16 * i);
    return w;
  }
  static Column padding(int8_t zero) {
    const int8x16_t v = vdupq_n_s8(zero);
    return {{v, v, v, v}};
  }
  template <typename T>
  static Column column(const T* top, const T* middle, const T* bottom) {
    const int8x16_t t = load_s8(top), m = load_s8(middle), b = load_s8(bottom);
    const int16x8_t tm0 = vreinterpretq_s16_s8(vzip1q_s8(t, m)), tm1 = vreinterpretq_s16_s8(vzip2q_s8(t, m));
    const int16x8_t bb0 = vreinterpretq_s16_s8(vzip1q_s8(b, b)), bb1 = vreinterpretq_s16_s8(vzip2q_s8(b, b));
    return {{vreinterpretq_s8_s16(vzip1q_s16(tm0, bb0)), vreinterpretq_s8_s16(vzip2q_s16(tm0, bb0)),
             vreinterpretq_s8_s16(vzip1q_s16(tm1, bb1)), vreinterpretq_s8_s16(vzip2q_s16(tm1, bb1))}};
  }
  static void multiply(int32x4_t (&acc)[4], const Column& a, const Column& b, const Column& c, const Weights& w) {
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) {
      acc[n] = vdotq_s32(acc[n], a.of[n], w.column[0].of[n]);
      acc[n] = vdotq_s32(acc[n], b.of[n], w.column[1].of[n]);
      acc[n] = vdotq_s32(acc[n], c.of[n], w.column[2].of[n]);
    }
  }
};
using Twin = Depthwise<Dotprod>;

}  // namespace

extern "C" const ConvTwinQ8 kDepthwiseConv2dS8Dotprod, kDepthwiseConv2dU8Dotprod;
const ConvTwinQ8 kDepthwiseConv2dS8Dotprod = {one_per_channel, Twin::packed_bytes, Twin::scratch_bytes, Twin::pack<int8_t>,
                                              Twin::run<int8_t>};
const ConvTwinQ8 kDepthwiseConv2dU8Dotprod = {one_per_channel, Twin::packed_bytes, Twin::scratch_bytes, Twin::pack<uint8_t>,
                                              Twin::run<uint8_t>};

}  // namespace inlay::kernels
