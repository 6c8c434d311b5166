// SPDX-License-Identifier: Apache-2.0
// Stands in for the compiler's header of the same name: SIMDe's portable forms of the intrinsics under their own names, and those
// that version 0.7.4 has not. Only the emulated twins' test includes it.
#pragma once
#define INLAY_EMULATED_VECTORS
#define SIMDE_NO_NATIVE
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/fma.h>

#include <cmath>
#include <cstdint>
#include <cstring>

using __mmask8 = simde__mmask8;
using __mmask16 = simde__mmask16;
using __mmask32 = uint32_t;
using __mmask64 = uint64_t;

namespace inlay_emulated {

/// Lane by lane through memory: what it lacks in speed, it has in being plainly right.
template <typename T, typename V>
struct Lanes {
  static constexpr int kCount = static_cast<int>(sizeof(V) / sizeof(T));
  T at[kCount];
  explicit Lanes(const V& v) { std::memcpy(at, &v, sizeof(v)); }
  Lanes() { std::memset(at, 0, sizeof(at)); }
  operator V() const {  // NOLINT: as an intrinsic returns it
    V v;
    std::memcpy(&v, at, sizeof(v));
    return v;
  }
};

/// The lanes of `mask` from memory; the others are zero, and not read.
template <typename T, typename V, typename Mask>
V load(Mask mask, const void* from) {
  Lanes<T, V> v;
  for (int i = 0; i < v.kCount; ++i) {
    if (mask >> i & 1) std::memcpy(&v.at[i], static_cast<const T*>(from) + i, sizeof(T));
  }
  return v;
}
template <typename T, typename V, typename Mask>
void store(void* to, Mask mask, V value) {
  const Lanes<T, V> v(value);
  for (int i = 0; i < v.kCount; ++i) {
    if (mask >> i & 1) std::memcpy(static_cast<T*>(to) + i, &v.at[i], sizeof(T));
  }
}

inline __m512 to_float(__m512i value) {
  const Lanes<int32_t, __m512i> v(value);
  Lanes<float, __m512> f;
  for (int i = 0; i < 16; ++i) f.at[i] = static_cast<float>(v.at[i]);
  return f;
}
/// To nearest, ties to even; what does not fit becomes INT32_MIN.
inline __m512i to_int(__m512 value) {
  const Lanes<float, __m512> f(value);
  Lanes<int32_t, __m512i> v;
  for (int i = 0; i < 16; ++i) {
    const float rounded = std::nearbyint(f.at[i]);
    v.at[i] = rounded >= -2147483648.0f && rounded < 2147483648.0f ? static_cast<int32_t>(rounded) : INT32_MIN;
  }
  return v;
}
/// int16 to bytes, the low halves.
inline __m128i low_bytes(__m256i value) {
  const Lanes<int16_t, __m256i> v(value);
  Lanes<int8_t, __m128i> bytes;
  for (int i = 0; i < 16; ++i) bytes.at[i] = static_cast<int8_t>(v.at[i]);
  return bytes;
}

}  // namespace inlay_emulated

#define _mm_maskz_loadu_epi8(m, p) inlay_emulated::load<int8_t, __m128i>(m, p)
#define _mm256_maskz_loadu_epi8(m, p) inlay_emulated::load<int8_t, __m256i>(m, p)
#define _mm512_maskz_loadu_epi8(m, p) inlay_emulated::load<int8_t, __m512i>(m, p)
#define _mm512_maskz_loadu_epi32(m, p) inlay_emulated::load<int32_t, __m512i>(m, p)
#define _mm512_maskz_loadu_ps(m, p) inlay_emulated::load<float, __m512>(m, p)
#define _mm_mask_storeu_epi8(p, m, v) inlay_emulated::store<int8_t, __m128i>(p, m, v)
#define _mm256_mask_storeu_epi8(p, m, v) inlay_emulated::store<int8_t, __m256i>(p, m, v)
#define _mm512_mask_storeu_epi8(p, m, v) inlay_emulated::store<int8_t, __m512i>(p, m, v)
#define _mm512_mask_storeu_ps(p, m, v) inlay_emulated::store<float, __m512>(p, m, v)
#define _mm512_cvtepi32_ps(v) inlay_emulated::to_float(v)
#define _mm512_cvtps_epi32(v) inlay_emulated::to_int(v)
#define _mm256_cvtepi16_epi8(v) inlay_emulated::low_bytes(v)
