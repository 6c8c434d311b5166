// SPDX-License-Identifier: Apache-2.0
// What the SSE4.1 twins share. Only for files named *__sse4.cc.
#pragma once
#include <immintrin.h>

#include "kernels/twin_blocks_inl.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kBlock = 8;  // channels at a time: two registers of sums

inline __m128i load128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
inline __m128i widen8(const int8_t* p) { return _mm_cvtepi8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))); }
inline __m128i widen8(const uint8_t* p) { return _mm_cvtepu8_epi16(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p))); }

/// This sum is computed before what comes next: GCC would otherwise compute all products first and spill sums.
template <typename V>
inline V finished(V sum) {
  __asm__ volatile("" : "+x"(sum));
  return sum;
}

/// core/quant.h's requantize, four lanes at a time.
struct Requant {
  __m128 low, high;
  __m128i zero;
};
inline Requant make_requant(int32_t output_zero, QuantRange range) {
  return {_mm_set1_ps(static_cast<float>(range.min - output_zero)), _mm_set1_ps(static_cast<float>(range.max - output_zero)),
          _mm_set1_epi32(output_zero)};
}
inline __m128i requant4(__m128i acc, __m128 scale, const Requant& r) {
  const __m128 v = _mm_min_ps(r.high, _mm_max_ps(r.low, _mm_mul_ps(_mm_cvtepi32_ps(acc), scale)));
  return _mm_add_epi32(_mm_cvtps_epi32(v), r.zero);  // rounds ties to even, as every thread starts out
}

/// The first n <= kBlock values of two registers of sums.
inline void store_block(float* to, __m128 a, __m128 b, int32_t n) {
  if (n == kBlock) {
    _mm_storeu_ps(to, a);
    _mm_storeu_ps(to + 4, b);
    return;
  }
  float values[kBlock];
  store_block(values, a, b, kBlock);
  for (int32_t i = 0; i < n; ++i) to[i] = values[i];
}
template <typename T>
inline void store_block(T* to, __m128i a, __m128i b, int32_t n) {
  const __m128i words = _mm_packs_epi32(a, b);
  const __m128i bytes = T(-1) < T(0) ? _mm_packs_epi16(words, words) : _mm_packus_epi16(words, words);
  if (n == kBlock) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), bytes);
    return;
  }
  T values[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(values), bytes);
  for (int32_t i = 0; i < n; ++i) to[i] = values[i];
}

/// Some channels' biases and scales, zeros where there are none.
template <typename Bias>
struct Ends {
  Bias bias[kBlock] = {};
  float scales[kBlock] = {};
  Ends(const Bias* from, const float* from_scales, int32_t n) {
    for (int32_t i = 0; i < n; ++i) {
      if (from != nullptr) bias[i] = from[i];
      if (from_scales != nullptr) scales[i] = from_scales[i];
    }
  }
};

}  // namespace
}  // namespace inlay::kernels
