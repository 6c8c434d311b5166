// SPDX-License-Identifier: Apache-2.0
// The instructions that twins of the level DSP use (Cortex-M4, M7, M33): on other processors functions of the same meaning, so
// that a host runs and tests the twins. A word holds four bytes or two halfwords, the first in the lowest bits. Only for files
// named
// *__dsp.cc; everything has internal linkage.
#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/twin_inl.h"

#if defined(__ARM_FEATURE_DSP) && !defined(__aarch64__)
#define INLAY_DSP_NATIVE 1
#include <arm_acle.h>
#else
#define INLAY_DSP_NATIVE 0
#endif
// The FPU of single precision, where there is one: it is no part of the level.
#if INLAY_DSP_NATIVE && defined(__ARM_FP) && (__ARM_FP & 4) != 0
#define INLAY_DSP_FPU 1
#else
#define INLAY_DSP_FPU 0
#endif

namespace inlay::kernels {
namespace {

/// A word at any address. __builtin_memcpy, as -ffreestanding makes a call of memcpy.
inline int32_t load4(const void* from) {
  int32_t word;
  __builtin_memcpy(&word, from, 4);
  return word;
}
inline void store4(void* to, int32_t word) { __builtin_memcpy(to, &word, 4); }

/// The first `count` < 4 bytes of a word, the others 0: nothing behind them is read.
inline int32_t load_some(const void* from, int32_t count) {
  const auto* bytes = static_cast<const uint8_t*>(from);
  uint32_t word = 0;
  for (int32_t i = 0; i < count; ++i) word |= static_cast<uint32_t>(bytes[i]) << (8 * i);
  return static_cast<int32_t>(word);
}

constexpr int32_t low_half(int32_t word) { return static_cast<int16_t>(word); }
constexpr int32_t high_half(int32_t word) { return word >> 16; }
constexpr int32_t halves(int32_t low, int32_t high) {
  return static_cast<int32_t>((static_cast<uint32_t>(low) & 0xFFFF) | static_cast<uint32_t>(high) << 16);
}
constexpr int32_t wrap_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
constexpr int32_t wrap_sub(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}

/// Bytes 0 and 2 as signed halfwords.
inline int32_t sxtb16(int32_t word) {
#if INLAY_DSP_NATIVE
  return __sxtb16(word);
#else
  return halves(static_cast<int8_t>(word), static_cast<int8_t>(word >> 16));
#endif
}

/// Bytes 1 and 3 as signed halfwords. GCC 12 does not fold a rotation into __sxtb16.
inline int32_t sxtb16_ror8(int32_t word) {
#if INLAY_DSP_NATIVE
  int32_t result;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(word));
  return result;
#else
  return halves(static_cast<int8_t>(word >> 8), word >> 24);
#endif
}

/// Adds those halfwords to the ones of `sum`, wrapping around.
inline int32_t sxtab16(int32_t sum, int32_t word) {
#if INLAY_DSP_NATIVE
  return __sxtab16(sum, word);
#else
  return halves(low_half(sum) + static_cast<int8_t>(word), high_half(sum) + static_cast<int8_t>(word >> 16));
#endif
}
inline int32_t sxtab16_ror8(int32_t sum, int32_t word) {
#if INLAY_DSP_NATIVE
  int32_t result;
  __asm__("sxtab16 %0, %1, %2, ror #8" : "=r"(result) : "r"(sum), "r"(word));
  return result;
#else
  return halves(low_half(sum) + static_cast<int8_t>(word >> 8), high_half(sum) + (word >> 24));
#endif
}

/// The larger, or the smaller, of each pair of signed bytes.
inline int32_t max8(int32_t a, int32_t b) {
#if INLAY_DSP_NATIVE
  int32_t result;
  __asm__("ssub8 %0, %1, %2\n sel %0, %1, %2" : "=&r"(result) : "r"(a), "r"(b) : "cc");
  return result;
#else
  uint32_t result = 0;
  for (int i = 0; i < 32; i += 8) {
    const auto x = static_cast<int8_t>(a >> i), y = static_cast<int8_t>(b >> i);
    result |= static_cast<uint32_t>(static_cast<uint8_t>(x > y ? x : y)) << i;
  }
  return static_cast<int32_t>(result);
#endif
}
inline int32_t min8(int32_t a, int32_t b) { return ~max8(~a, ~b); }

/// sum + both products of halfwords, wrapping around.
inline int32_t smlad(int32_t a, int32_t b, int32_t sum) {
#if INLAY_DSP_NATIVE
  return __smlad(a, b, sum);
#else
  return wrap_add(wrap_add(sum, low_half(a) * low_half(b)), high_half(a) * high_half(b));
#endif
}

/// sum + the product of the low halfwords, of the high ones, or of the low one of `a` and the high one of `b`.
inline int32_t smlabb(int32_t a, int32_t b, int32_t sum) {
#if INLAY_DSP_NATIVE
  return __smlabb(a, b, sum);
#else
  return wrap_add(sum, low_half(a) * low_half(b));
#endif
}
inline int32_t smlatt(int32_t a, int32_t b, int32_t sum) {
#if INLAY_DSP_NATIVE
  return __smlatt(a, b, sum);
#else
  return wrap_add(sum, high_half(a) * high_half(b));
#endif
}

inline int32_t smlabt(int32_t a, int32_t b, int32_t sum) {
#if INLAY_DSP_NATIVE
  return __smlabt(a, b, sum);
#else
  return wrap_add(sum, low_half(a) * high_half(b));
#endif
}

/// The low halfwords of both, `a` lowest, or the high ones.
inline int32_t pack_low(int32_t a, int32_t b) {
#if INLAY_DSP_NATIVE
  int32_t result;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
#else
  return halves(a, b);
#endif
}
inline int32_t pack_high(int32_t a, int32_t b) {
#if INLAY_DSP_NATIVE
  int32_t result;
  __asm__("pkhtb %0, %2, %1, asr #16" : "=r"(result) : "r"(a), "r"(b));
  return result;
#else
  return halves(high_half(a), high_half(b));
#endif
}

/// Halfword by halfword, wrapping around.
inline int32_t sadd16(int32_t a, int32_t b) {
#if INLAY_DSP_NATIVE
  return __sadd16(a, b);
#else
  return halves(low_half(a) + low_half(b), high_half(a) + high_half(b));
#endif
}
inline int32_t ssub16(int32_t a, int32_t b) {
#if INLAY_DSP_NATIVE
  return __ssub16(a, b);
#else
  return halves(low_half(a) - low_half(b), high_half(a) - high_half(b));
#endif
}

/// a + b, held inside of an int32.
inline int32_t qadd(int32_t a, int32_t b) {
#if INLAY_DSP_NATIVE
  return __qadd(a, b);
#else
  const int64_t sum = int64_t{a} + b;
  return sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : static_cast<int32_t>(sum);
#endif
}

/// v inside of -128 .. 127.
inline int32_t ssat8(int32_t v) {
#if INLAY_DSP_NATIVE
  return __ssat(v, 8);
#else
  return v > 127 ? 127 : v < -128 ? -128 : v;
#endif
}

inline int32_t clamp_to(int32_t v, QuantRange range) {
  v = v < range.min ? range.min : v;
  return v > range.max ? range.max : v;
}

/// What requantize() of core/quant.h gives for int8, bit for bit. An FPU rounds here before the clamp, which changes nothing: the
/// bounds are integers and rint never falls. Its conversion and the addition of the zero point stop at the ends of an int32,
/// outside of the bounds. kFull: the range is that of int8.
template <bool kFull>
inline int32_t requant8(int32_t acc, float scale, int32_t zero, QuantRange range) {
  float v = static_cast<float>(acc) * scale;
#if INLAY_DSP_FPU
  __asm__("vcvtr.s32.f32 %0, %0" : "+t"(v));  // in the FPU's mode: to nearest, ties to even
  const int32_t rounded = qadd(load4(&v), zero);
  return kFull ? ssat8(rounded) : clamp_to(rounded, range);
#else
  const auto low = static_cast<float>(range.min - zero), high = static_cast<float>(range.max - zero);
  v = v < low ? low : v;
  v = v > high ? high : v;
  const float shifted = v + 12582912.0f;  // as round_even does
  return load4(&shifted) - 0x4B400000 + zero;
#endif
}

}  // namespace
}  // namespace inlay::kernels
