// SPDX-License-Identifier: Apache-2.0
// Sums and dot products along rows of bytes. Only for files named *__avx512vnni.cc.
#pragma once
#include "kernels/avx512vnni_inl.h"

namespace inlay::kernels {
namespace {

inline int32_t lanes_sum(__m512i v) {
  alignas(64) uint32_t lanes[16];
  store512(lanes, v);
  uint32_t total = 0;
  for (const uint32_t lane : lanes) total += lane;
  return static_cast<int32_t>(total);
}

/// The sum of n bytes: signed with `flip` applied, or unsigned as they are.
inline int32_t signed_sum(const uint8_t* p, int64_t n, uint8_t flip) {
  const __m512i ones = _mm512_set1_epi8(1), flips = _mm512_set1_epi8(static_cast<char>(flip));
  __m512i sum = _mm512_setzero_si512();
  for (int64_t k = 0; k < n; k += kLine) {
    const __mmask64 real = first64(n - k);
    sum = _mm512_dpbusd_epi32(sum, _mm512_maskz_mov_epi8(real, ones),
                              _mm512_xor_si512(_mm512_maskz_loadu_epi8(real, p + k), flips));
  }
  return lanes_sum(sum);
}
inline int32_t unsigned_sum(const uint8_t* p, int64_t n) {
  __m512i sum = _mm512_setzero_si512();
  for (int64_t k = 0; k < n; k += kLine) {
    sum = _mm512_dpbusd_epi32(sum, _mm512_maskz_loadu_epi8(first64(n - k), p + k), _mm512_set1_epi8(1));
  }
  return lanes_sum(sum);
}

/// Lane i is the sum of v[i], i < 4.
inline __m128i sums4(const __m512i* v) {
  const __m512i a = _mm512_add_epi32(_mm512_unpacklo_epi32(v[0], v[1]), _mm512_unpackhi_epi32(v[0], v[1]));
  const __m512i b = _mm512_add_epi32(_mm512_unpacklo_epi32(v[2], v[3]), _mm512_unpackhi_epi32(v[2], v[3]));
  const __m512i c = _mm512_add_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
  const __m256i d = _mm256_add_epi32(_mm512_castsi512_si256(c), _mm512_extracti64x4_epi64(c, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(d), _mm256_extracti128_si256(d, 1));
}

/// One row times `count` <= 8 filters one behind the other, with the weights as the model has them.
inline void dot8(const uint8_t* row, const uint8_t* filters, int32_t count, int64_t taps, uint8_t flip, int32_t* sums) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(flip));
  const uint8_t* at[8];
  __m512i acc[8];
  for (int i = 0; i < 8; ++i) {
    at[i] = filters + lesser(i, count - 1) * taps;
    acc[i] = _mm512_setzero_si512();
  }
  int64_t k = 0;
  for (; k + kLine <= taps; k += kLine) {
    const __m512i x = load512(row + k);
    for (int i = 0; i < 8; ++i) acc[i] = _mm512_dpbusd_epi32(acc[i], x, _mm512_xor_si512(load512(at[i] + k), flips));
  }
  if (k < taps) {
    const __mmask64 rest = first64(taps - k);
    const __m512i x = _mm512_maskz_loadu_epi8(rest, row + k);
    for (int i = 0; i < 8; ++i) {
      acc[i] = _mm512_dpbusd_epi32(acc[i], x, _mm512_xor_si512(_mm512_maskz_loadu_epi8(rest, at[i] + k), flips));
    }
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(sums), sums4(acc));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(sums + 4), sums4(acc + 4));
}

}  // namespace
}  // namespace inlay::kernels
