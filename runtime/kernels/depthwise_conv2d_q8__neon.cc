// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for ARM without dot products: two products of bytes share 16 bits before they are added to
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
#if defined(__aarch64__)
  // The low halves of products, in the compiler's place: it would keep a second copy of each operand's low half, and spill.
  static int16x8_t mul_low(int8x16_t x, int8x16_t w) {
    int16x8_t product;
    __asm__("smull %0.8h, %1.8b, %2.8b" : "=w"(product) : "w"(x), "w"(w));
    return product;
  }
  static int16x8_t add_low(int16x8_t sum, int8x16_t x, int8x16_t w) {
    __asm__("smlal %0.8h, %1.8b, %2.8b" : "+w"(sum) : "w"(x), "w"(w));
    return sum;
  }
#else
  static int16x8_t mul_low(int8x16_t x, int8x16_t w) { return vmull_s8(vget_low_s8(x), vget_low_s8(w)); }
  static int16x8_t add_low(int16x8_t sum, int8x16_t x, int8x16_t w) { return vmlal_s8(sum, vget_low_s8(x), vget_low_s8(w)); }
#endif

  static void pair(int32x4_t (&acc)[4], int8x16_t x, int8x16_t w, int8x16_t y, int8x16_t v) {
    add(acc, add_low(mul_low(x, w), y, v), vmlal_high_s8(vmull_high_s8(x, w), y, v));
    finish(acc);
  }
  static void multiply(int32x4_t (&acc)[4], const Column& a, const Column& b, const Column& c, const Weights& w) {
    const Column &u = w.column[0], &v = w.column[1], &t = w.column[2];
    pair(acc, a.row[0], u.row[0], a.row[1], u.row[1]);
    pair(acc, b.row[0], v.row[0], b.row[1], v.row[1]);
    pair(acc, a.row[2], u.row[2], b.row[2], v.row[2]);
    pair(acc, c.row[0], t.row[0], c.row[1], t.row[1]);
    add(acc, mul_low(c.row[2], t.row[2]), vmull_high_s8(c.row[2], t.row[2]));
  }
};
using Twin = Depthwise<Neon>;

}  // namespace

extern "C" const ConvTwinQ8 kDepthwiseConv2dS8Neon, kDepthwiseConv2dU8Neon;
const ConvTwinQ8 kDepthwiseConv2dS8Neon = {one_per_channel, Twin::packed_bytes, Twin::scratch_bytes, Twin::pack<int8_t>,
                                           Twin::run<int8_t>};
const ConvTwinQ8 kDepthwiseConv2dU8Neon = {one_per_channel, Twin::packed_bytes, Twin::scratch_bytes, Twin::pack<uint8_t>,
                                           Twin::run<uint8_t>};

}  // namespace inlay::kernels
