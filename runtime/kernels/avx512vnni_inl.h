// SPDX-License-Identifier: Apache-2.0
// What the twins of the level avx512vnni share. Only for files named *__avx512vnni.cc. vpdpbusd multiplies four unsigned bytes
// with four signed ones and adds exactly: inputs are brought to 0..255 and weights to -128..127 by flipping their highest bit
// where it needs to be.
#pragma once
#include <immintrin.h>

#include "kernels/twin_blocks_inl.h"

namespace inlay::kernels {
namespace {

constexpr int64_t kLine = 64;  // bytes of a cache line, and of a register

/// The first address of `p` or behind that begins a line: a vector across two lines costs twice. Takes up to 48 bytes of what is
/// aligned to 16.
template <typename T>
inline T* line_start(T* p) {
  return reinterpret_cast<T*>((reinterpret_cast<uintptr_t>(p) + (kLine - 1)) & ~static_cast<uintptr_t>(kLine - 1));
}
constexpr int64_t kToLine = 48;

inline __mmask16 first16(int32_t n) { return static_cast<__mmask16>((1u << n) - 1); }                                // n <= 16
inline __mmask32 first32(int32_t n) { return static_cast<__mmask32>((uint64_t{1} << n) - 1); }                       // n <= 32
inline __mmask64 first64(int64_t n) { return n >= 64 ? ~__mmask64{0} : (__mmask64{1} << static_cast<int>(n)) - 1; }  // n >= 0

inline __m512i load512(const void* p) { return _mm512_loadu_si512(p); }
inline void store512(void* p, __m512i v) { _mm512_storeu_si512(p, v); }

/// This sum is computed before what comes next: GCC would otherwise load all factors first and spill sums.
template <typename V>
inline V finished(V sum) {
#ifndef INLAY_EMULATED_VECTORS
  __asm__ volatile("" : "+v"(sum));
#endif
  return sum;
}

/// The numbers of vpdpbusd: X = x with flip_x, W = w with flip_w, and the zero points of those.
struct Bytes {
  uint8_t flip_x, flip_w;
  int32_t x_zero, w_zero;
};
template <typename T>
inline Bytes bytes_of(const ConvQuant& q) {
  if (T(-1) < T(0)) return {0x80, 0, q.input_zero + 128, q.weight_zero};
  return {0, 0x80, q.input_zero, q.weight_zero - 128};
}

/// The bias of sum(X * W) - w_zero * sum(X), which holds what the zero points do to a filter whose W have a sum.
inline int32_t bias_of(const ConvQuant& q, const Bytes& b, int32_t c, int64_t taps, int32_t weight_sum) {
  uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
  bias -= static_cast<uint32_t>(b.x_zero) * static_cast<uint32_t>(weight_sum);
  bias += static_cast<uint32_t>(taps) * static_cast<uint32_t>(b.x_zero) * static_cast<uint32_t>(b.w_zero);
  return static_cast<int32_t>(bias);
}

/// core/quant.h's requantize, sixteen lanes at a time. The upper bound is met before the conversion, which so cannot overflow;
/// the lower one afterwards, in int16, as packing saturates at it or below.
struct Requant {
  __m512 high;
  __m512i zero, low;  ///< int16
};
inline Requant make_requant(int32_t output_zero, QuantRange range) {
  return {_mm512_set1_ps(static_cast<float>(range.max - output_zero)), _mm512_set1_epi16(static_cast<int16_t>(output_zero)),
          _mm512_set1_epi16(static_cast<int16_t>(range.min))};
}
/// Without the zero point, and no lower bound yet.
inline __m512i requant_high(__m512i acc, __m512 scale, const Requant& r) {
  return _mm512_cvtps_epi32(_mm512_min_ps(r.high, _mm512_mul_ps(_mm512_cvtepi32_ps(acc), scale)));  // rounds ties to even
}
/// int32 lanes a and b, saturated, in groups of four of each, to results in int16.
inline __m512i requant_words(__m512i a, __m512i b, const Requant& r) {
  return _mm512_max_epi16(_mm512_adds_epi16(_mm512_packs_epi32(a, b), r.zero), r.low);
}
/// Sixteen results as bytes, in their order.
inline __m128i requant16(__m512i acc, __m512 scale, const Requant& r) {
  const __m256i words = _mm512_cvtsepi32_epi16(requant_high(acc, scale, r));
  const __m256i sums = _mm256_adds_epi16(words, _mm512_castsi512_si256(r.zero));
  return _mm256_cvtepi16_epi8(_mm256_max_epi16(sums, _mm512_castsi512_si256(r.low)));
}

}  // namespace
}  // namespace inlay::kernels
