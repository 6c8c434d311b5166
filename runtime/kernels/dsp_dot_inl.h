// SPDX-License-Identifier: Apache-2.0
// Inner products of the level DSP. Only for files named *__dsp.cc; internal linkage. In assembly where GCC 12 would not keep
// fourteen values in as many registers; without optimization it wants one of them for itself.
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
#define INLAY_STEP                \
  "ldr %[w], [%[from]], #4\n\t"   \
  "sxtb16 %[t], %[w]\n\t"         \
  "sxtb16 %[w], %[w], ror #8\n\t" \
  "str %[t], [%[to]], #16\n\t"    \
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

/// The same of four pixels, `step` values apart.
[[gnu::noinline]] inline void widen_four(const int8_t* from, int32_t step, int32_t words, int32_t* to) {
#if INLAY_DSP_ASM
  const int8_t *from1 = from + step, *from2 = from1 + step, *from3 = from2 + step, *end = from + words * 4;
  __asm__ volatile(
      "1:\n\t"
      "ldr r0, [%[from]], #4\n\t"
      "ldr r1, [%[from1]], #4\n\t"
      "ldr r2, [%[from2]], #4\n\t"
      "ldr r3, [%[from3]], #4\n\t"
      "sxtb16 r4, r0\n\t"
      "sxtb16 r5, r1\n\t"
      "sxtb16 r6, r2\n\t"
      "sxtb16 r8, r3\n\t"
      "stmia %[to]!, {r4-r6, r8}\n\t"
      "sxtb16 r0, r0, ror #8\n\t"
      "sxtb16 r1, r1, ror #8\n\t"
      "sxtb16 r2, r2, ror #8\n\t"
      "sxtb16 r3, r3, ror #8\n\t"
      "stmia %[to]!, {r0-r3}\n\t"
      "cmp %[from], %[end]\n\t"
      "bne 1b"
      : [from] "+r"(from), [from1] "+r"(from1), [from2] "+r"(from2), [from3] "+r"(from3), [to] "+r"(to)
      : [end] "r"(end)
      : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r8", "cc", "memory");
#else
  for (int32_t p = 0; p < kPixels; ++p) widen(from + p * step, words, to + p);
#endif
}

#if INLAY_DSP_ASM
// Four taps of four pixels: 16 products in 13 instructions. r0 .. r3 are the sums, r9 the filter, r10 the strip.
#define INLAY_STEP              \
  "ldr r11, [r9], #4\n\t"       \
  "ldmia r10!, {r4-r6, r8}\n\t" \
  "sxtb16 r7, r11\n\t"          \
  "smlad r0, r4, r7, r0\n\t"    \
  "smlad r1, r5, r7, r1\n\t"    \
  "smlad r2, r6, r7, r2\n\t"    \
  "smlad r3, r8, r7, r3\n\t"    \
  "ldmia r10!, {r4-r6, r8}\n\t" \
  "sxtb16 r11, r11, ror #8\n\t" \
  "smlad r0, r4, r11, r0\n\t"   \
  "smlad r1, r5, r11, r1\n\t"   \
  "smlad r2, r6, r11, r2\n\t"   \
  "smlad r3, r8, r11, r3\n"
// All words of a strip that ends at r12, and r11 = their number modulo 4.
#define INLAY_DOT                                                                 \
  "tbb [pc, r11]\n"                                                               \
  "0:\n\t"                                                                        \
  ".byte (1f-0b)/2, (4f-0b)/2, (3f-0b)/2, (2f-0b)/2\n"                            \
  "1:\n\t" INLAY_STEP "2:\n\t" INLAY_STEP "3:\n\t" INLAY_STEP "4:\n\t" INLAY_STEP \
  "cmp r10, r12\n\t"                                                              \
  "bne 1b\n\t"
#endif

/// Adds the products of four windows and `channels` filters, at least one, to four sums for each of these. Filters lie `taps`
/// values apart and are read in words, 4 * `words` values, at least 4.
[[gnu::noinline]] inline void add_products(const int32_t* strip, int32_t words, const int8_t* filter, int32_t taps,
                                           int32_t channels, int32_t* sums) {
#if INLAY_DSP_ASM
  register int32_t skip __asm__("r7") = taps - words * 4;  // from the end of a filter to the next
  register const int32_t* stop __asm__("r8") = sums + channels * kPixels;
  register const int8_t* from __asm__("r9") = filter;
  register const int32_t* first __asm__("r10") = strip;
  register int32_t entry __asm__("r11") = words & 3;
  register const int32_t* end __asm__("r12") = strip + words * kStep;
  __asm__ volatile(
      "push {r7, r8, r10, r11}\n"  // the inner loop has no registers for them
      "5:\n\t"
      "ldmia %[sums], {r0-r3}\n\t" INLAY_DOT
      "stmia %[sums]!, {r0-r3}\n\t"
      "ldmia sp, {r7, r8, r10, r11}\n\t"
      "add r9, r7\n\t"
      "cmp %[sums], r8\n\t"
      "bne 5b\n\t"
      "add sp, #16"
      : [sums] "+r"(sums), "+r"(skip), "+r"(stop), "+r"(from), "+r"(first), "+r"(entry)
      : "r"(end)
      : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "cc", "memory");
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

/// sums[0 .. 3] = start[0 .. 3] + the products of one row and four filters, `taps` values apart, of which 4 * `words` are read.
/// Of less than four filters, `count`, the last stands in for those missing.
[[gnu::noinline]] inline void add_row_products(const int8_t* row, int32_t words, const int8_t* filter, int32_t taps,
                                               int32_t count, const int32_t* start, int32_t* sums) {
  const int8_t *f0 = filter, *f1 = count > 1 ? f0 + taps : f0, *f2 = count > 2 ? f1 + taps : f1, *f3 = count > 3 ? f2 + taps : f2;
  int32_t a = start[0], b = start[1], c = start[2], d = start[3];
#if INLAY_DSP_ASM
  if (words > 0) {
    const int8_t* end = row + words * 4;
    int32_t even, odd, w = words & 1, t;
#define INLAY_FILTER(sum, from)               \
  "ldr %[w], [%[" #from                       \
  "]], #4\n\t"                                \
  "sxtb16 %[t], %[w]\n\t"                     \
  "smlad %[" #sum "], %[even], %[t], %[" #sum \
  "]\n\t"                                     \
  "sxtb16 %[w], %[w], ror #8\n\t"             \
  "smlad %[" #sum "], %[odd], %[w], %[" #sum "]\n\t"
// Four taps of four filters: 16 products in 23 instructions.
#define INLAY_ROW_STEP           \
  "ldr %[odd], [%[row]], #4\n\t" \
  "sxtb16 %[even], %[odd]\n\t"   \
  "sxtb16 %[odd], %[odd], ror #8\n\t" INLAY_FILTER(a, f0) INLAY_FILTER(b, f1) INLAY_FILTER(c, f2) INLAY_FILTER(d, f3)
    __asm__ volatile(
        "cbnz %[w], 2f\n"
        "1:\n\t" INLAY_ROW_STEP "2:\n\t" INLAY_ROW_STEP
        "cmp %[row], %[end]\n\t"
        "bne 1b"
        : [row] "+r"(row), [f0] "+r"(f0), [f1] "+r"(f1), [f2] "+r"(f2), [f3] "+r"(f3), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c),
          [d] "+r"(d), [even] "=&r"(even), [odd] "=&r"(odd), [w] "+l"(w), [t] "=&r"(t)
        : [end] "r"(end)
        : "cc", "memory");
#undef INLAY_ROW_STEP
#undef INLAY_FILTER
  }
#else
  for (; words > 0; --words, row += 4, f0 += 4, f1 += 4, f2 += 4, f3 += 4) {
    const int32_t x = load4(row), even = sxtb16(x), odd = sxtb16_ror8(x);
    const auto add = [&](const int8_t* from, int32_t sum) {
      const int32_t w = load4(from);
      return smlad(odd, sxtb16_ror8(w), smlad(even, sxtb16(w), sum));
    };
    a = add(f0, a), b = add(f1, b), c = add(f2, c), d = add(f3, d);
  }
#endif
  sums[0] = a, sums[1] = b, sums[2] = c, sums[3] = d;
}

/// The sum of `n` bytes, wrapping around.
inline uint32_t sum_of(const int8_t* values, int32_t n) {
  uint32_t sum = 0;
  for (int32_t i = 0; i < n; ++i) sum += static_cast<uint32_t>(values[i]);
  return sum;
}

}  // namespace
}  // namespace inlay::kernels
