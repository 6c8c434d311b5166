// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for 64-bit ARM without dot products: two products of bytes share 16 bits before they are added to
// the 32-bit sums, which fits when no weight is -128 (2 * 127 * 128).
#include <limits>

#include "kernels/neon_depthwise_q8_inl.h"

namespace inlay::kernels {
namespace {

struct Neon {
  /// Top, middle, bottom.
  struct Column {
    int8x16_t row[3];
  };
  struct Weights {
    Column column[3];
  };

  template <typename T>
  static bool can_slide(const T* weights, int64_t n) {
    bool small = true;
    for (int64_t i = 0; i < n; ++i) small = small && weights[i] != std::numeric_limits<T>::min();
    return small;
  }
  static int64_t place(int64_t y, int64_t x, int32_t channel) { return (x * 3 + y) * 16 + channel; }

  static Weights load_weights(const int8_t* p) {
    Weights w;
#pragma GCC unroll 9
    for (int i = 0; i < 9; ++i) w.column[i / 3].row[i % 3] = vld1q_s8(p + 16 * i);
    return w;
  }
  static Column padding(int8_t zero) {
    const int8x16_t v = vdupq_n_s8(zero);
    return {{v, v, v}};
  }
  template <typename T>
  static Column column(const T* top, const T* middle, const T* bottom) {
    return {{load_s8(top), load_s8(middle), load_s8(bottom)}};
  }

  static void add(int32x4_t (&acc)[4], int16x8_t low, int16x8_t high) {
    acc[0] = vaddw_s16(acc[0], vget_low_s16(low));
    acc[1] = vaddw_high_s16(acc[1], low);
    acc[2] = vaddw_s16(acc[2], vget_low_s16(high));
    acc[3] = vaddw_high_s16(acc[3], high);
  }
  static void multiply(int32x4_t (&acc)[4], const Column& a, const Column& b, const Column& c, const Weights& w) {
    const Column* of[3] = {&a, &b, &c};
#pragma GCC unroll 5
    for (int k = 0; k < 9; k += 2) {
      const int8x16_t x = of[k / 3]->row[k % 3], v = w.column[k / 3].row[k % 3];
      int16x8_t low = vmull_s8(vget_low_s8(x), vget_low_s8(v)), high = vmull_high_s8(x, v);
      if (k + 1 < 9) {
        const int8x16_t y = of[(k + 1) / 3]->row[(k + 1) % 3], u = w.column[(k + 1) / 3].row[(k + 1) % 3];
        low = vmlal_s8(low, vget_low_s8(y), vget_low_s8(u));
        high = vmlal_high_s8(high, y, u);
      }
      add(acc, low, high);
      finish(acc);
    }
  }
};
using Twin = Depthwise<Neon>;

}  // namespace

extern const ConvTwinQ8 kDepthwiseConv2dS8Neon, kDepthwiseConv2dU8Neon;
const ConvTwinQ8 kDepthwiseConv2dS8Neon = {one_per_channel, Twin::packed_bytes, Twin::scratch_bytes, Twin::pack<int8_t>,
                                           Twin::run<int8_t>};
const ConvTwinQ8 kDepthwiseConv2dU8Neon = {one_per_channel, Twin::packed_bytes, Twin::scratch_bytes, Twin::pack<uint8_t>,
                                           Twin::run<uint8_t>};

}  // namespace inlay::kernels
