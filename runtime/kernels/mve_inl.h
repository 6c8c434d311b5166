// SPDX-License-Identifier: Apache-2.0
// Helium (Cortex-M55, M85) for the twins named *__mve.cc. Other processors get the few vector types and functions these use
// written out, under the names and with the meaning of arm_mve.h: a host packs weights for a board with them, and tests run the
// twins.
#pragma once
#include "kernels/twin_inl.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#else

namespace inlay::kernels {
namespace {

template <typename T, int kLanes>
struct Vector {
  using Lane = T;
  T lane[kLanes];
};
using int8x16_t = Vector<int8_t, 16>;
using int16x8_t = Vector<int16_t, 8>;
using int32x4_t = Vector<int32_t, 4>;
using float32x4_t = Vector<float, 4>;
using mve_pred16_t = uint16_t;  // a bit per byte

template <typename V, typename Of>
inline V each_lane(Of of) {
  V out;
  int i = 0;
  for (auto& lane : out.lane) lane = static_cast<typename V::Lane>(of(i++));
  return out;
}
template <typename T>
inline T saturate(int64_t v) {
  constexpr int64_t kMost = (int64_t{1} << (8 * sizeof(T) - 1)) - 1;
  return static_cast<T>(v > kMost ? kMost : v < -kMost - 1 ? -kMost - 1 : v);
}
inline bool active(mve_pred16_t p, int lane, int bytes) { return (p >> (lane * bytes) & 1) != 0; }
inline mve_pred16_t first_bytes(int64_t n) { return static_cast<mve_pred16_t>(n >= 16 ? 0xffff : (1 << n) - 1); }

inline mve_pred16_t vctp8q(uint32_t n) { return first_bytes(n); }
inline mve_pred16_t vctp16q(uint32_t n) { return first_bytes(int64_t{n} * 2); }
inline mve_pred16_t vctp32q(uint32_t n) { return first_bytes(int64_t{n} * 4); }

inline int8x16_t vldrbq_z_s8(const int8_t* x, mve_pred16_t p) {
  return each_lane<int8x16_t>([=](int i) { return active(p, i, 1) ? x[i] : 0; });
}
inline int16x8_t vldrbq_z_s16(const int8_t* x, mve_pred16_t p) {
  return each_lane<int16x8_t>([=](int i) { return active(p, i, 2) ? x[i] : 0; });
}
inline int32x4_t vldrbq_z_s32(const int8_t* x, mve_pred16_t p) {
  return each_lane<int32x4_t>([=](int i) { return active(p, i, 4) ? x[i] : 0; });
}
inline int8x16_t vldrbq_s8(const int8_t* x) { return vldrbq_z_s8(x, 0xffff); }
inline int32x4_t vldrbq_s32(const int8_t* x) { return vldrbq_z_s32(x, 0xffff); }
inline int32x4_t vldrwq_s32(const int32_t* x) {
  return each_lane<int32x4_t>([=](int i) { return x[i]; });
}
inline float32x4_t vldrwq_f32(const float* x) {
  return each_lane<float32x4_t>([=](int i) { return x[i]; });
}
template <typename V>
inline void store_bytes(int8_t* to, V v, mve_pred16_t p) {
  constexpr int kLanes = sizeof(v.lane) / sizeof(v.lane[0]);
  for (int i = 0; i < kLanes; ++i) {
    if (active(p, i, 16 / kLanes)) to[i] = static_cast<int8_t>(v.lane[i]);
  }
}
inline void vstrbq_p_s8(int8_t* to, int8x16_t v, mve_pred16_t p) { store_bytes(to, v, p); }
inline void vstrbq_p_s32(int8_t* to, int32x4_t v, mve_pred16_t p) { store_bytes(to, v, p); }
inline void vstrbq_s32(int8_t* to, int32x4_t v) { store_bytes(to, v, 0xffff); }
inline void vstrhq_s16(int16_t* to, int16x8_t v) { std::memcpy(to, v.lane, sizeof(v.lane)); }

inline int8x16_t vdupq_n_s8(int8_t x) {
  return each_lane<int8x16_t>([=](int) { return x; });
}
inline int16x8_t vdupq_n_s16(int16_t x) {
  return each_lane<int16x8_t>([=](int) { return x; });
}
inline int32x4_t vdupq_n_s32(int32_t x) {
  return each_lane<int32x4_t>([=](int) { return x; });
}
inline int8x16_t vmaxq_s8(int8x16_t a, int8x16_t b) {
  return each_lane<int8x16_t>([=](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline int8x16_t vminq_s8(int8x16_t a, int8x16_t b) {
  return each_lane<int8x16_t>([=](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline int32x4_t vmaxq_s32(int32x4_t a, int32x4_t b) {
  return each_lane<int32x4_t>([=](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
}
inline int32x4_t vminq_s32(int32x4_t a, int32x4_t b) {
  return each_lane<int32x4_t>([=](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
}
/// Sums and products of integers wrap around.
inline int16x8_t vaddq_s16(int16x8_t a, int16x8_t b) {
  return each_lane<int16x8_t>([=](int i) { return static_cast<uint32_t>(a.lane[i] + b.lane[i]); });
}
inline int32x4_t vaddq_s32(int32x4_t a, int32x4_t b) {
  return each_lane<int32x4_t>([=](int i) { return static_cast<uint32_t>(a.lane[i]) + static_cast<uint32_t>(b.lane[i]); });
}
inline int32x4_t vsubq_n_s32(int32x4_t a, int32_t b) {
  return each_lane<int32x4_t>([=](int i) { return static_cast<uint32_t>(a.lane[i]) - static_cast<uint32_t>(b); });
}
inline int32x4_t vmlaq_n_s32(int32x4_t sum, int32x4_t a, int32_t b) {
  return each_lane<int32x4_t>(
      [=](int i) { return static_cast<uint32_t>(sum.lane[i]) + static_cast<uint32_t>(a.lane[i]) * static_cast<uint32_t>(b); });
}
inline int16x8_t vqaddq_n_s16(int16x8_t a, int16_t b) {
  return each_lane<int16x8_t>([=](int i) { return saturate<int16_t>(int64_t{a.lane[i]} + b); });
}
inline int32x4_t vqaddq_n_s32(int32x4_t a, int32_t b) {
  return each_lane<int32x4_t>([=](int i) { return saturate<int32_t>(int64_t{a.lane[i]} + b); });
}
/// Products of the even lanes, of the odd lanes.
inline int16x8_t vmullbq_int_s8(int8x16_t a, int8x16_t b) {
  return each_lane<int16x8_t>([=](int i) { return a.lane[2 * i] * b.lane[2 * i]; });
}
inline int16x8_t vmulltq_int_s8(int8x16_t a, int8x16_t b) {
  return each_lane<int16x8_t>([=](int i) { return a.lane[2 * i + 1] * b.lane[2 * i + 1]; });
}
inline int32x4_t vmovlbq_s16(int16x8_t a) {
  return each_lane<int32x4_t>([=](int i) { return a.lane[2 * i]; });
}
inline int32x4_t vmovltq_s16(int16x8_t a) {
  return each_lane<int32x4_t>([=](int i) { return a.lane[2 * i + 1]; });
}
/// b narrowed into the even, the odd lanes of a.
inline int16x8_t vqmovnbq_s32(int16x8_t a, int32x4_t b) {
  return each_lane<int16x8_t>([=](int i) { return i % 2 == 0 ? saturate<int16_t>(b.lane[i / 2]) : a.lane[i]; });
}
inline int16x8_t vqmovntq_s32(int16x8_t a, int32x4_t b) {
  return each_lane<int16x8_t>([=](int i) { return i % 2 != 0 ? saturate<int16_t>(b.lane[i / 2]) : a.lane[i]; });
}
inline int8x16_t vqmovnbq_s16(int8x16_t a, int16x8_t b) {
  return each_lane<int8x16_t>([=](int i) { return i % 2 == 0 ? saturate<int8_t>(b.lane[i / 2]) : a.lane[i]; });
}
inline int8x16_t vqmovntq_s16(int8x16_t a, int16x8_t b) {
  return each_lane<int8x16_t>([=](int i) { return i % 2 != 0 ? saturate<int8_t>(b.lane[i / 2]) : a.lane[i]; });
}
/// Here for 0 > b > -32 only: to the right, half of the last bit added first.
inline int32x4_t vrshlq_n_s32(int32x4_t a, int32_t b) {
  return each_lane<int32x4_t>([=](int i) { return (int64_t{a.lane[i]} + (int64_t{1} << (-b - 1))) >> -b; });
}
inline float32x4_t vcvtq_f32_s32(int32x4_t a) {
  return each_lane<float32x4_t>([=](int i) { return static_cast<float>(a.lane[i]); });
}
inline float32x4_t vmulq_f32(float32x4_t a, float32x4_t b) {
  return each_lane<float32x4_t>([=](int i) { return a.lane[i] * b.lane[i]; });
}
/// Nearest integer, ties to even; saturates.
inline int32x4_t vcvtnq_s32_f32(float32x4_t a) {
  return each_lane<int32x4_t>([=](int i) {
    const float v = a.lane[i], limit = 2147483648.0f;
    if (v >= limit || v < -limit) return v < 0.0f ? INT32_MIN : INT32_MAX;
    const float push = v < 0.0f ? -8388608.0f : 8388608.0f;  // sums beyond 2^23 have no bits for fractions
    return static_cast<int32_t>(v * push < 70368744177664.0f ? (v + push) - push : v);
  });
}

}  // namespace
}  // namespace inlay::kernels
#endif

namespace inlay::kernels {
namespace {

/// A function whose inner loop takes all registers: not to be merged with the loops around it.
#define INLAY_APART __attribute__((noinline))

/// A function that is assembly from its first instruction to its last: callers must not count on registers it seems to leave
/// alone.
#if defined(__clang__)
#define INLAY_NAKED __attribute__((naked, noinline))
#else
#define INLAY_NAKED __attribute__((naked, noipa))
#endif

constexpr int32_t kLanes = 16;  // bytes of a vector

inline int32_t rounded_up(int32_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

/// Items begin .. end - 1 of a part, by division of 32 bits alone: a Cortex-M has no other.
struct Span {
  int32_t begin, end;
};
inline Span span_of(int32_t n, Part part) {
  if (part.count == 1) return {0, n};
  const int32_t each = n / part.count + 1;
  const int64_t begin = int64_t{each} * part.index;
  return {begin < n ? static_cast<int32_t>(begin) : n, begin + each < n ? static_cast<int32_t>(begin + each) : n};
}

inline OutputPixel pixel_of(const ConvShape& s, int32_t index) {
  const int32_t row = index / s.out_w;
  return {row / s.out_h, row % s.out_h, index % s.out_w};
}

/// True where offsets into all tensors fit into an int32.
inline bool small(const ConvShape& s) {
  constexpr double kMost = 1 << 30;
  return 1.0 * s.batch * s.in_h * s.in_w * s.in_c < kMost && 1.0 * s.batch * s.out_h * s.out_w * s.out_c < kMost &&
         1.0 * s.filter_h * s.filter_w * s.in_c * s.out_c < kMost;
}

/// The outputs along a dim whose windows lie inside: first .. last - 1.
inline Span whole_windows(int32_t in, int32_t out, int32_t reach, int32_t stride, int32_t pad) {
  const int32_t first = (pad + stride - 1) / stride, room = in - reach + pad;
  const int32_t last = room <= 0 ? 0 : lesser((room - 1) / stride + 1, out);
  return {first, last};
}

/// Copies n > 0 bytes; fills n > 0 bytes. GCC makes no loops whose last turn is predicated, and its library goes byte by byte.
inline void copy_bytes(int8_t* to, const int8_t* from, int32_t n) {
#if defined(__ARM_FEATURE_MVE)
  asm volatile(
      "dlstp.8 lr, %[n]\n"
      "1: vldrb.8 q0, [%[from]], #16\n"
      "vstrb.8 q0, [%[to]], #16\n"
      "letp lr, 1b\n"
      : [to] "+r"(to), [from] "+r"(from)
      : [n] "r"(n)
      : "q0", "lr", "memory");
#else
  std::memcpy(to, from, static_cast<size_t>(n));
#endif
}
inline void fill_bytes(int8_t* to, int32_t value, int32_t n) {
#if defined(__ARM_FEATURE_MVE)
  asm volatile(
      "dlstp.8 lr, %[n]\n"
      "1: vstrb.8 %q[v], [%[to]], #16\n"
      "letp lr, 1b\n"
      : [to] "+r"(to)
      : [n] "r"(n), [v] "w"(vdupq_n_s8(static_cast<int8_t>(value)))
      : "lr", "memory");
#else
  std::memset(to, value, static_cast<size_t>(n));
#endif
}

}  // namespace
}  // namespace inlay::kernels
