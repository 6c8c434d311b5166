// SPDX-License-Identifier: Apache-2.0
// The same few instructions on 64, 32 and 16 bytes, so that one kernel serves channel counts that are no multiple of 64. Only for
// files named *__avx512vnni.cc.
#pragma once
#include "kernels/avx512vnni_inl.h"

namespace inlay::kernels {
namespace {

template <int kBytes>
struct Wide;

#define INLAY_WIDE(bytes, register, prefix, si, narrowed, narrowed_ps)                                                          \
  template <>                                                                                                                   \
  struct Wide<bytes> {                                                                                                          \
    using V = register;                                                                                                         \
    static V load(const void* p) { return prefix##loadu_##si(static_cast<const V*>(p)); }                                       \
    static V load(const void* p, int32_t n) { return prefix##maskz_loadu_epi8(static_cast<__mmask##bytes>(first64(n)), p); }    \
    static void store(void* p, V v) { prefix##storeu_##si(static_cast<V*>(p), v); }                                             \
    static void store(void* p, V v, int32_t n) { prefix##mask_storeu_epi8(p, static_cast<__mmask##bytes>(first64(n)), v); }     \
    static V all(uint8_t byte) { return prefix##set1_epi8(static_cast<char>(byte)); }                                           \
    static V flip(V a, V b) { return prefix##xor_##si(a, b); }                                                                  \
    static V dot(V sum, V x, V w) { return prefix##dpbusd_epi32(sum, x, w); }                                                   \
    static V minus_product(V a, V b, int32_t c) { return prefix##sub_epi32(a, prefix##mullo_epi32(b, prefix##set1_epi32(c))); } \
    /* Bytes a0 b0 c0 d0 a1 b1 ... of four registers: in to[q], of each 16 channels the four from 4 q. */                       \
    static void interleave(V a, V b, V c, V d, V* to) {                                                                         \
      const V ab = prefix##unpacklo_epi8(a, b), cd = prefix##unpacklo_epi8(c, d);                                               \
      to[0] = prefix##unpacklo_epi16(ab, cd);                                                                                   \
      to[1] = prefix##unpackhi_epi16(ab, cd);                                                                                   \
      const V later_ab = prefix##unpackhi_epi8(a, b), later_cd = prefix##unpackhi_epi8(c, d);                                   \
      to[2] = prefix##unpacklo_epi16(later_ab, later_cd);                                                                       \
      to[3] = prefix##unpackhi_epi16(later_ab, later_cd);                                                                       \
    }                                                                                                                           \
    static V high(V acc, const void* scales, const Requant& r) {                                                                \
      const auto v = prefix##mul_ps(prefix##cvtepi32_ps(acc), prefix##loadu_ps(static_cast<const float*>(scales)));             \
      return prefix##cvtps_epi32(prefix##min_ps(narrowed_ps(r.high), v));                                                       \
    }                                                                                                                           \
    static V words(V a, V b, const Requant& r) {                                                                                \
      return prefix##max_epi16(prefix##adds_epi16(prefix##packs_epi32(a, b), narrowed(r.zero)), narrowed(r.low));               \
    }                                                                                                                           \
    /* Four sums of what interleave made, requantized, back in the order of channels: bytes of -128 .. 127. */                  \
    static V requant(const V* acc, const uint8_t* scales, const Requant& r) {                                                   \
      const V a = words(high(acc[0], scales, r), high(acc[1], scales + bytes, r), r);                                           \
      const V b = words(high(acc[2], scales + 2 * bytes, r), high(acc[3], scales + 3 * bytes, r), r);                           \
      return prefix##packs_epi16(a, b);                                                                                         \
    }                                                                                                                           \
  };
#define INLAY_AS_IS(v) v
INLAY_WIDE(64, __m512i, _mm512_, si512, INLAY_AS_IS, INLAY_AS_IS)
INLAY_WIDE(32, __m256i, _mm256_, si256, _mm512_castsi512_si256, _mm512_castps512_ps256)
INLAY_WIDE(16, __m128i, _mm_, si128, _mm512_castsi512_si128, _mm512_castps512_ps128)
#undef INLAY_AS_IS
#undef INLAY_WIDE

}  // namespace
}  // namespace inlay::kernels
