// SPDX-License-Identifier: Apache-2.0
// Sums of 8-bit convolutions for AVX2, and how they become bytes: core/quant.h's requantize, two or four rows at a time. Only for
// files named *__avx2.cc.
#pragma once
#include "kernels/avx2_inl.h"

namespace inlay::kernels {
namespace {

/// sum += x where it is and now: left to itself GCC computes all products first, spills half of the sums, or moves them about.
inline void add_to(__m256i& sum, __m256i x) { __asm__ volatile("vpaddd %1, %0, %0" : "+x"(sum) : "x"(x)); }
/// The same of two: both products come before both sums, which Zen 3 runs 8 % faster than the other order.
inline void add_to(__m256i& sum, __m256i x, __m256i& other, __m256i y) {
  __asm__ volatile("vpaddd %2, %0, %0\n\tvpaddd %3, %1, %1" : "+x"(sum), "+x"(other) : "x"(x), "x"(y));
}

/// What requantization needs beside the scales. Results above the range are cut as floats, before they could overflow an int32;
/// those below it survive as the lowest int32, which saturates twice on its way to a byte.
struct Requant {
  __m256 high;
  __m256i zero, low;  ///< 16 words, 32 bytes
};
inline Requant make_rows_requant(int32_t output_zero, QuantRange range) {
  return {_mm256_set1_ps(static_cast<float>(range.max - output_zero)), _mm256_set1_epi16(static_cast<int16_t>(output_zero)),
          _mm256_set1_epi8(static_cast<char>(range.min))};
}

/// Sums to integers, still without the output's zero point.
inline __m256i round_sums(__m256i acc, __m256 scale, const Requant& r) {
  return _mm256_cvtps_epi32(_mm256_min_ps(r.high, _mm256_mul_ps(_mm256_cvtepi32_ps(acc), scale)));
}
/// Two registers of such integers to words: of each half of 128 bits, first a's four, then b's.
inline __m256i to_words(__m256i a, __m256i b, const Requant& r) { return _mm256_adds_epi16(_mm256_packs_epi32(a, b), r.zero); }

/// The words of a and b to bytes. Of `a` made from the sums of channels 0..7 and 8..15 of a row, the low half of the result is that
/// row, the high half b's; of `a` made from the sums of two rows of 8 channels, the result is these, then b's. kUnpacked: the sums are
/// of sixteen channels in the order that _mm256_unpacklo_epi16 and _mm256_unpackhi_epi16 leave, 0..3 and 8..11, 4..7 and 12..15.
template <typename T, bool kUnpacked = false>
inline __m256i to_bytes(__m256i a, __m256i b, const Requant& r) {
  const __m256i order = kUnpacked ? _mm256_setr_epi32(0, 1, 4, 5, 2, 3, 6, 7) : _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  if (T(-1) < T(0)) return _mm256_max_epi8(r.low, _mm256_permutevar8x32_epi32(_mm256_packs_epi16(a, b), order));
  return _mm256_max_epu8(r.low, _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, b), order));
}

/// The first n <= 16 bytes of v, and no other.
inline void store_first(void* to, __m128i v, int32_t n) {
  auto* p = static_cast<uint8_t*>(to);
  if (n == 16) return _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v);
  if ((n & 8) != 0) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), v);
    v = _mm_unpackhi_epi64(v, v);
    p += 8;
  }
  uint64_t rest = static_cast<uint64_t>(_mm_cvtsi128_si64(v));
  for (int32_t size = 4; size > 0; size /= 2) {
    if ((n & size) == 0) continue;
    std::memcpy(p, &rest, static_cast<size_t>(size));
    rest >>= 8 * size;
    p += size;
  }
}

/// M rows of 8 * W sums (W 1 or 2) to bytes; `channels` of each row are stored.
template <int M, int W, typename T, bool kUnpacked = false>
inline void store_rows(const __m256i (&acc)[M][W], const float* scales, const Requant& r, int32_t channels, int64_t step, T* output) {
  constexpr int kRowsPerWord = 2 / W, kWords = (M + kRowsPerWord - 1) / kRowsPerWord;
  __m256i words[kWords];
  const __m256 s0 = _mm256_loadu_ps(scales), s1 = _mm256_loadu_ps(scales + 8 * (W - 1));
#pragma GCC unroll 6  // or the sums would live in memory
  for (int i = 0; i < kWords; ++i) {
    const int second = W == 2 ? i : 2 * i + 1 < M ? 2 * i + 1 : 2 * i;
    words[i] = to_words(round_sums(acc[i * kRowsPerWord][0], s0, r), round_sums(acc[second][W - 1], s1, r), r);
  }
#pragma GCC unroll 6
  for (int i = 0; i < kWords; i += 2) {
    const __m256i bytes = to_bytes<T, kUnpacked>(words[i], words[i + 1 < kWords ? i + 1 : i], r);
    const __m128i halves[2] = {_mm256_castsi256_si128(bytes), _mm256_extracti128_si256(bytes, 1)};
#pragma GCC unroll 4
    for (int m = 0; m < 2 * kRowsPerWord; ++m) {
      if (i * kRowsPerWord + m >= M) break;
      const __m128i half = halves[m / kRowsPerWord];
      store_first(output, m % kRowsPerWord == 0 ? half : _mm_unpackhi_epi64(half, half), channels);
      output += step;
    }
  }
}

}  // namespace
}  // namespace inlay::kernels
