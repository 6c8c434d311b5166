// SPDX-License-Identifier: Apache-2.0
// Inner products of the level DSP. Only for files named *__dsp.cc; internal linkage. In assembly where GCC 12 would not keep fourteen
// values in as many registers; without optimization it wants one of them for itself.
#pragma once
#include "kernels/dsp_inl.h"

#if INLAY_DSP_NATIVE && defined(__thumb2__) && defined(__OPTIMIZE__)
#define INLAY_DSP_ASM 1
#else
#define INLAY_DSP_ASM 0
#endif

namespace inlay::kernels {
namespace {

// A strip is the windows of four pixels side by side. For four taps it has taps 0 and 2 of every pixel as halfwords, then taps 1
// and 3.
constexpr int32_t kPixels = 4;
constexpr int32_t kStep = 2 * kPixels;  // words of a strip for four taps

/// Widens 4 * `words` values, at least 4, to one pixel's column of a strip.
inline void widen(const int8_t* from, int32_t words, int32_t* to) {
#if INLAY_DSP_ASM
  const int8_t* end = from + words * 4;
  int32_t w, t;
#define INLAY_STEP                    \
  "ldr %[w], [%[from]], #4\n\t"       \
  "sxtb16 %[t], %[w]\n\t"             \
  "sxtb16 %[w], %[w], ror #8\n\t"     \
  "str %[t], [%[to]], #16\n\t"        \
  "str %[w], [%[to]], #16\n"
  __asm__ volatile(
      "lsls %[w], %[words], #31\n\t"
      "bne 2f\n"
      "1:\n\t" INLAY_STEP "2:\n\t" INLAY_STEP
      "cmp %[from], %[end]\n\t"
      "bne 1b"
      : [from] "+r"(from), [to] "+r"(to), [w] "=&l"(w), [t] "=&l"(t)
      : [words] "l"(words), [end] "r"(end)
      : "cc", "memory");
#undef INLAY_STEP
#else
  for (; words > 0; --words, from += 4, to += kStep) {
    const int32_t w = load4(from);
    to[0] = sxtb16(w), to[kPixels] = sxtb16_ror8(w);
  }
#endif
}

/// Adds the products of four windows and `channels` filters, at least one, to four sums for each of these. Filters lie `taps` values
/// apart and are read in words, 4 * `words` values, at least 4.
[[gnu::noinline]] inline void add_products(const int32_t* strip, int32_t words, const int8_t* filter, int32_t taps,
                                           int32_t channels, int32_t* sums) {
#if INLAY_DSP_ASM
  // What the inner loop has no register for: words & 3, from the end of a filter to the next, the strip, the end of the sums.
  const int32_t* end = strip + words * kStep;
  int32_t t = taps - words * 4, w = words & 3;
  register const int32_t* stop __asm__("r3") = sums + channels * kPixels;
// Four taps of four pixels: 16 products in 13 instructions.
#define INLAY_STEP                     \
  "ldr %[w], [%[filter]], #4\n\t"      \
  "ldmia %[strip]!, {r4-r6, r8}\n\t"   \
  "sxtb16 %[t], %[w]\n\t"              \
  "smlad r0, r4, %[t], r0\n\t"         \
  "smlad r1, r5, %[t], r1\n\t"         \
  "smlad r2, r6, %[t], r2\n\t"         \
  "smlad r3, r8, %[t], r3\n\t"         \
  "ldmia %[strip]!, {r4-r6, r8}\n\t"   \
  "sxtb16 %[w], %[w], ror #8\n\t"      \
  "smlad r0, r4, %[w], r0\n\t"         \
  "smlad r1, r5, %[w], r1\n\t"         \
  "smlad r2, r6, %[w], r2\n\t"         \
  "smlad r3, r8, %[w], r3\n"
  __asm__ volatile(
      "mov r0, %[w]\n\t"
      "mov r1, %[t]\n\t"
      "mov r2, %[strip]\n\t"
      "push {r0-r3}\n"
      "5:\n\t"
      "ldmia %[sums], {r0-r3}\n\t"
      "tbb [pc, %[w]]\n"
      "0:\n\t"
      ".byte (1f-0b)/2, (4f-0b)/2, (3f-0b)/2, (2f-0b)/2\n"
      "1:\n\t" INLAY_STEP "2:\n\t" INLAY_STEP "3:\n\t" INLAY_STEP "4:\n\t" INLAY_STEP
      "cmp %[strip], %[end]\n\t"
      "bne 1b\n\t"
      "stmia %[sums]!, {r0-r3}\n\t"
      "ldmia sp, {r4-r6, r8}\n\t"
      "mov %[w], r4\n\t"
      "add %[filter], r5\n\t"
      "mov %[strip], r6\n\t"
      "cmp %[sums], r8\n\t"
      "bne 5b\n\t"
      "add sp, #16"
      : [strip] "+r"(strip), [filter] "+r"(filter), [sums] "+r"(sums), [w] "+r"(w), [t] "+r"(t), "+r"(stop)
      : [end] "r"(end)
      : "r0", "r1", "r2", "r4", "r5", "r6", "r8", "cc", "memory");
#undef INLAY_STEP
#else
  for (; channels > 0; --channels, filter += taps, sums += kPixels) {
    for (int32_t k = 0; k < words; ++k) {
      const int32_t w = load4(filter + k * 4), even = sxtb16(w), odd = sxtb16_ror8(w);
      const int32_t* x = strip + k * kStep;
      for (int32_t p = 0; p < kPixels; ++p) sums[p] = smlad(x[kPixels + p], odd, smlad(x[p], even, sums[p]));
    }
  }
#endif
}

/// Adds to sums[0 .. 3] the products of one row and four filters, 4 * `words` values each.
[[gnu::noinline]] inline void add_row_products(const int8_t* row, int32_t words, const int8_t* const filters[4], int32_t sums[4]) {
#if INLAY_DSP_ASM
  if (words == 0) return;
  const int8_t* end = row + words * 4;
  const int8_t *f0 = filters[0], *f1 = filters[1], *f2 = filters[2], *f3 = filters[3];
  int32_t a = sums[0], b = sums[1], c = sums[2], d = sums[3], even, odd, w = words & 1, t;
#define INLAY_FILTER(sum, from)                       \
  "ldr %[w], [%[" #from "]], #4\n\t"                  \
  "sxtb16 %[t], %[w]\n\t"                             \
  "smlad %[" #sum "], %[even], %[t], %[" #sum "]\n\t" \
  "sxtb16 %[w], %[w], ror #8\n\t"                     \
  "smlad %[" #sum "], %[odd], %[w], %[" #sum "]\n\t"
// Four taps of four filters: 16 products in 23 instructions.
#define INLAY_STEP                \
  "ldr %[odd], [%[row]], #4\n\t"  \
  "sxtb16 %[even], %[odd]\n\t"    \
  "sxtb16 %[odd], %[odd], ror #8\n\t" INLAY_FILTER(a, f0) INLAY_FILTER(b, f1) INLAY_FILTER(c, f2) INLAY_FILTER(d, f3)
  __asm__ volatile(
      "cbnz %[w], 2f\n"
      "1:\n\t" INLAY_STEP "2:\n\t" INLAY_STEP
      "cmp %[row], %[end]\n\t"
      "bne 1b"
      : [row] "+r"(row), [f0] "+r"(f0), [f1] "+r"(f1), [f2] "+r"(f2), [f3] "+r"(f3), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c),
        [d] "+r"(d), [even] "=&r"(even), [odd] "=&r"(odd), [w] "+l"(w), [t] "=&r"(t)
      : [end] "r"(end)
      : "cc", "memory");
#undef INLAY_STEP
#undef INLAY_FILTER
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
#else
  for (int32_t k = 0; k < words * 4; k += 4) {
    const int32_t x = load4(row + k), even = sxtb16(x), odd = sxtb16_ror8(x);
    for (int32_t i = 0; i < 4; ++i) {
      const int32_t w = load4(filters[i] + k);
      sums[i] = smlad(odd, sxtb16_ror8(w), smlad(even, sxtb16(w), sums[i]));
    }
  }
#endif
}

/// The sum of `n` bytes.
inline int32_t sum_of(const int8_t* values, int32_t n) {
  int32_t sum = 0;
  for (int32_t i = 0; i < n; ++i) sum += values[i];
  return sum;
}

}  // namespace
}  // namespace inlay::kernels
