// SPDX-License-Identifier: Apache-2.0
// What the twins for ARM share; those named *__neon.cc are for 32 bits, too. Only for them, *__dotprod.cc and *__i8mm.cc.
// Everything has internal linkage. The 8-bit ones compute on int8: uint8 values are turned into int8 by flipping their highest bit, and their zero points
// with them.
#pragma once
#include <arm_neon.h>

#include <type_traits>

#include "kernels/twin_inl.h"
#if !defined(__aarch64__)
#include "kernels/neon32_inl.h"
#endif

namespace inlay::kernels {
namespace {

/// What has to be flipped in a byte of T to make it int8, and how much its value falls by that.
template <typename T>
constexpr uint8_t kFlip = std::is_signed<T>::value ? 0 : 0x80;
template <typename T>
constexpr int32_t kFall = std::is_signed<T>::value ? 0 : 128;

inline int8x16_t load_s8(const int8_t* p) { return vld1q_s8(p); }
inline int8x16_t load_s8(const uint8_t* p) { return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(p), vdupq_n_u8(0x80))); }
inline int8x8_t load_half_s8(const int8_t* p) { return vld1_s8(p); }
inline int8x8_t load_half_s8(const uint8_t* p) { return vreinterpret_s8_u8(veor_u8(vld1_u8(p), vdup_n_u8(0x80))); }

/// The four or eight bytes at p, again and again.
inline int8x16_t repeat4(const int8_t* p) {
  int32_t four;
  std::memcpy(&four, p, 4);
  return vreinterpretq_s8_s32(vdupq_n_s32(four));
}
inline int8x16_t repeat8(const int8_t* p) {
  int64_t eight;
  std::memcpy(&eight, p, 8);
  return vreinterpretq_s8_s64(vdupq_n_s64(eight));
}

/// Vectors that fit into registers at a time: half as many as 64-bit ARM has.
#if defined(__aarch64__)
constexpr int32_t kVectors = 32;
#else
constexpr int32_t kVectors = 16;
#endif

/// This value is read again through this pointer: GCC would otherwise load it once and copy it, which takes more instructions.
template <typename P>
inline P* again(P* p) {
  __asm__ volatile("" : "+r"(p));
  return p;
}

/// 32 bytes as int8, behind which p is left.
template <typename T>
inline int8x16x2_t next_32(const T** p) {
  uint8x16x2_t v = vld1q_u8_x2(reinterpret_cast<const uint8_t*>(*p));
  *p = again(*p + 32);
  if (!std::is_signed<T>::value) v.val[0] = veorq_u8(v.val[0], vdupq_n_u8(0x80)), v.val[1] = veorq_u8(v.val[1], vdupq_n_u8(0x80));
  return {{vreinterpretq_s8_u8(v.val[0]), vreinterpretq_s8_u8(v.val[1])}};
}

/// A count that GCC is not to see through: it would keep a second one, or the number of rounds, beside it.
inline int64_t opaque(int64_t n) {
  __asm__("" : "+r"(n));
  return n;
}

/// These sums are computed before what comes next: GCC would otherwise load what later steps need first, and spill sums.
inline void finish(int32x4_t (&acc)[4]) { __asm__ volatile("" : "+w"(acc[0]), "+w"(acc[1]), "+w"(acc[2]), "+w"(acc[3])); }
inline void finish(int32x4_t (&acc)[2]) { __asm__ volatile("" : "+w"(acc[0]), "+w"(acc[1])); }

/// How sums become bytes.
struct Requant {
  int16x8_t zero;
  int8x16_t low, high;
};
template <typename T>
inline Requant make_requant(const ConvQuant& q) {
  return {vdupq_n_s16(static_cast<int16_t>(q.output_zero - kFall<T>)), vdupq_n_s8(static_cast<int8_t>(q.range.min - kFall<T>)),
          vdupq_n_s8(static_cast<int8_t>(q.range.max - kFall<T>))};
}

/// Scales of sixteen channels. Not float32x4x4_t: GCC would keep that in four registers in a row.
struct Scales {
  float32x4_t of[4];
};
inline Scales load_scales(const void* p) {
  const auto* values = static_cast<const float*>(p);
  return {{vld1q_f32(values), vld1q_f32(values + 4), vld1q_f32(values + 8), vld1q_f32(values + 12)}};
}

inline int32x4_t scaled(int32x4_t acc, float32x4_t scale) { return vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(acc), scale)); }

/// core/quant.h's requantize. The range is applied last, to bytes: every step before it saturates and keeps the order of values,
/// so that the result is the same.
inline int8x16_t requant16(const int32x4_t acc[4], const Scales& scale, const Requant& r) {
  const int16x8_t a = vqmovn_high_s32(vqmovn_s32(scaled(acc[0], scale.of[0])), scaled(acc[1], scale.of[1]));
  const int16x8_t b = vqmovn_high_s32(vqmovn_s32(scaled(acc[2], scale.of[2])), scaled(acc[3], scale.of[3]));
  const int8x16_t v = vqmovn_high_s16(vqmovn_s16(vqaddq_s16(a, r.zero)), vqaddq_s16(b, r.zero));
  return vminq_s8(vmaxq_s8(v, r.low), r.high);
}

/// int8 back to T.
template <typename T>
inline uint8x16_t bytes_of(int8x16_t v) {
  const uint8x16_t bytes = vreinterpretq_u8_s8(v);
  return std::is_signed<T>::value ? bytes : veorq_u8(bytes, vdupq_n_u8(0x80));
}

template <typename T>
inline void store16(T* to, int8x16_t v) {
  vst1q_u8(reinterpret_cast<uint8_t*>(to), bytes_of<T>(v));
}
template <typename T>
inline void store_low(T* to, int8x16_t v) {
  vst1_u8(reinterpret_cast<uint8_t*>(to), vget_low_u8(bytes_of<T>(v)));
}
template <typename T>
inline void store_high(T* to, int8x16_t v) {
  const uint64_t high = vgetq_lane_u64(vreinterpretq_u64_u8(bytes_of<T>(v)), 1);
  std::memcpy(to, &high, 8);
}
/// The first n <= 16 bytes of v.
template <typename T>
inline void store_some(T* to, int8x16_t v, int32_t n) {
  T bytes[16];
  store16(bytes, v);
  if (n == 4) {
    std::memcpy(to, bytes, 4);
  } else {
    for (int32_t i = 0; i < n; ++i) to[i] = bytes[i];
  }
}

/// to[i] = from[i] as int8, n values. A rest shorter than a step is done again together with values before it.
template <typename T>
inline void copy_run(const T* from, int64_t n, int8_t* to) {
  if (n >= 16) {
    for (int64_t i = 0; i + 16 < n; i += 16) vst1q_s8(to + i, load_s8(from + i));
    vst1q_s8(to + n - 16, load_s8(from + n - 16));
  } else if (n >= 8) {
    const int8x8_t first = load_half_s8(from), last = load_half_s8(from + n - 8);
    vst1_s8(to, first);
    vst1_s8(to + n - 8, last);
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = static_cast<int8_t>(static_cast<uint8_t>(from[i]) ^ kFlip<T>);
  }
}

}  // namespace
}  // namespace inlay::kernels
