// SPDX-License-Identifier: Apache-2.0
// What the AVX2 twins share. Only for files named *__avx2.cc. Everything has internal linkage: a function with AVX2 instructions
// must never be the one copy the linker keeps for portable callers.
#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/twin_inl.h"

namespace inlay::kernels {
namespace {

/// Sixteen bytes to sixteen int16.
inline __m256i widen16(const int8_t* p) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i widen16(const uint8_t* p) {
  return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
/// The low eight bytes of v to eight int16.
template <typename T>
inline __m128i widen8(__m128i v) {
  return T(-1) < T(0) ? _mm_cvtepi8_epi16(v) : _mm_cvtepu8_epi16(v);
}

inline __m256i load256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
inline __m128i load128(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }

/// core/quant.h's requantize, eight lanes at a time.
struct Requant8 {
  __m256 low, high;
  __m256i zero;
};
inline Requant8 make_requant(int32_t output_zero, QuantRange range) {
  return {_mm256_set1_ps(static_cast<float>(range.min - output_zero)), _mm256_set1_ps(static_cast<float>(range.max - output_zero)),
          _mm256_set1_epi32(output_zero)};
}
inline __m256i requant8(__m256i acc, __m256 scale, const Requant8& r) {
  __m256 v = _mm256_mul_ps(_mm256_cvtepi32_ps(acc), scale);
  v = _mm256_max_ps(r.low, v);
  v = _mm256_min_ps(r.high, v);
  return _mm256_add_epi32(_mm256_cvtps_epi32(v), r.zero);  // rounds ties to even, as every thread starts out
}

/// Two registers of int32 inside T's range to sixteen bytes.
template <typename T>
inline __m128i narrow16(__m256i a, __m256i b) {
  const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
  const __m128i low = _mm256_castsi256_si128(words), high = _mm256_extracti128_si256(words, 1);
  return T(-1) < T(0) ? _mm_packs_epi16(low, high) : _mm_packus_epi16(low, high);
}

/// The first n <= 16 bytes of v.
template <typename T>
inline void store_bytes(T* to, __m128i v, int32_t n) {
  if (n == 16) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
    return;
  }
  T bytes[16];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(bytes), v);
  for (int32_t i = 0; i < n; ++i) to[i] = bytes[i];
}

/// to[i] = from[i] - zero, n values. A rest shorter than a step is done again together with values before it.
template <typename T>
inline void widen_run(const T* from, int64_t n, int32_t zero, int16_t* to) {
  const __m256i z = _mm256_set1_epi16(static_cast<int16_t>(zero));
  if (n >= 16) {
    for (int64_t i = 0; i < n; i += 16) {
      const int64_t at = i + 16 <= n ? i : n - 16;
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + at), _mm256_sub_epi16(widen16(from + at), z));
    }
  } else if (n >= 8) {
    for (int64_t at = 0;; at = n - 8) {  // the first eight, then the last eight
      const __m128i v = widen8<T>(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + at)));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(to + at), _mm_sub_epi16(v, _mm256_castsi256_si128(z)));
      if (at == n - 8) break;
    }
  } else {
    for (int64_t i = 0; i < n; ++i) to[i] = static_cast<int16_t>(from[i] - zero);
  }
}

}  // namespace
}  // namespace inlay::kernels
