// SPDX-License-Identifier: Apache-2.0
// Sums of the level DSP become int8 values, four at a time. Only for files named *__dsp.cc; internal linkage.
#pragma once
#include "kernels/dsp_dot_inl.h"

namespace inlay::kernels {
namespace {

inline bool is_full(const ConvQuant& q) { return q.range.min == -128 && q.range.max == 127; }

// requant8<true> of s4 .. s7 by the factors in the registers named; results in r0 .. r3.
#define INLAY_REQUANT_FOUR(f0, f1, f2, f3, zero)                                                          \
  "vcvt.f32.s32 s4, s4\n\tvcvt.f32.s32 s5, s5\n\tvcvt.f32.s32 s6, s6\n\tvcvt.f32.s32 s7, s7\n\t"          \
  "vmul.f32 s4, s4, " f0 "\n\tvmul.f32 s5, s5, " f1 "\n\tvmul.f32 s6, s6, " f2 "\n\tvmul.f32 s7, s7, " f3 \
  "\n\t"                                                                                                  \
  "vcvtr.s32.f32 s4, s4\n\tvcvtr.s32.f32 s5, s5\n\tvcvtr.s32.f32 s6, s6\n\tvcvtr.s32.f32 s7, s7\n\t"      \
  "vmov r0, r1, s4, s5\n\tvmov r2, r3, s6, s7\n\t"                                                        \
  "qadd r0, r0, " zero "\n\tqadd r1, r1, " zero "\n\tqadd r2, r2, " zero "\n\tqadd r3, r3, " zero         \
  "\n\t"                                                                                                  \
  "ssat r0, #8, r0\n\tssat r1, #8, r1\n\tssat r2, #8, r2\n\tssat r3, #8, r3\n\t"

/// Four sums of each of `channels` channels, at least one, go to output[steps[0]], ... of one channel after another.
[[gnu::noinline]] inline void store_block(const ConvQuant& q, const int32_t* sums, const float* scales, int32_t channels,
                                          const int32_t steps[kPixels], int8_t* output) {
  int8_t *to0 = output + steps[0], *to1 = output + steps[1], *to2 = output + steps[2], *to3 = output + steps[3];
  const float* end = scales + channels;
#if INLAY_DSP_ASM && INLAY_DSP_FPU
  if (is_full(q)) {
    const int32_t zero = q.output_zero;
    __asm__ volatile(
        "1:\n\t"
        "vldmia %[sums]!, {s4-s7}\n\t"
        "vldmia %[scales]!, {s8}\n\t" INLAY_REQUANT_FOUR("s8", "s8", "s8", "s8", "%[zero]")
        "strb r0, [%[to0]], #1\n\t"
        "strb r1, [%[to1]], #1\n\t"
        "strb r2, [%[to2]], #1\n\t"
        "strb r3, [%[to3]], #1\n\t"
        "cmp %[scales], %[end]\n\t"
        "bne 1b"
        : [sums] "+r"(sums), [scales] "+r"(scales), [to0] "+r"(to0), [to1] "+r"(to1), [to2] "+r"(to2), [to3] "+r"(to3)
        : [end] "r"(end), [zero] "r"(zero)
        : "r0", "r1", "r2", "r3", "s4", "s5", "s6", "s7", "s8", "cc", "memory");
    return;
  }
#endif
  for (; scales != end; ++scales, sums += kPixels) {
    const auto value = [&](int32_t p) { return static_cast<int8_t>(requant8<false>(sums[p], *scales, q.output_zero, q.range)); };
    *to0++ = value(0), *to1++ = value(1), *to2++ = value(2), *to3++ = value(3);
  }
}

/// `count` <= 4 sums, each of a channel.
inline void store_row(const ConvQuant& q, const int32_t* sums, const float* scales, int32_t count, int8_t* output) {
#if INLAY_DSP_ASM && INLAY_DSP_FPU
  if (count == 4 && is_full(q)) {
    __asm__ volatile(
        "vldmia %[sums], {s4-s7}\n\t"
        "vldmia %[scales], {s8-s11}\n\t" INLAY_REQUANT_FOUR("s8", "s9", "s10", "s11", "%[zero]")
        "strb r0, [%[output]]\n\t"
        "strb r1, [%[output], #1]\n\t"
        "strb r2, [%[output], #2]\n\t"
        "strb r3, [%[output], #3]"
        :
        : [sums] "r"(sums), [scales] "r"(scales), [output] "r"(output), [zero] "r"(q.output_zero)
        : "r0", "r1", "r2", "r3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "memory");
    return;
  }
#endif
  for (int32_t i = 0; i < count; ++i) {
    output[i] = static_cast<int8_t>(requant8<false>(sums[i], scales[i], q.output_zero, q.range));
  }
}

#if INLAY_DSP_ASM && INLAY_DSP_FPU
constexpr bool kDirect = true;
/// add_products and store_block in one for all of the range of int8, sums never leave the registers. Start values begin them.
[[gnu::noinline]] inline void products_to_bytes(const ConvQuant& q, const int32_t* strip, int32_t words, const int8_t* filter,
                                                int32_t taps, int32_t channels, const int32_t* start, const float* scales,
                                                const int32_t steps[kPixels], int8_t* output) {
  // What the inner loop has no registers for, in the order of the registers that take it between two filters.
  struct {
    const float* scale;
    int8_t* output;
    int32_t start, zero, step1, step2, step3;  // `start`: bytes from a channel's scale to its start value
    const int32_t* strip;
    int32_t entry, skip;
    const float* end;
  } frame = {scales,   output, 0,         q.output_zero,    steps[1],         steps[2],
             steps[3], strip,  words & 3, taps - words * 4, scales + channels};
  frame.start = static_cast<int32_t>(reinterpret_cast<uintptr_t>(start) - reinterpret_cast<uintptr_t>(scales));
  register const float* scale __asm__("r4") = scales;
  register int32_t offset __asm__("r6") = frame.start;
  register const int8_t* from __asm__("r9") = filter;
  register const int32_t* first __asm__("r10") = strip;
  register int32_t entry __asm__("r11") = words & 3;
  register const int32_t* end __asm__("r12") = strip + words * kStep;
  register void* kept __asm__("lr") = &frame;
  __asm__ volatile(
      "5:\n\t"
      "ldr r0, [r4, r6]\n\t"
      "mov r1, r0\n\t"
      "mov r2, r0\n\t"
      "mov r3, r0\n\t" INLAY_DOT
      "vmov s4, s5, r0, r1\n\t"
      "vmov s6, s7, r2, r3\n\t"
      "ldmia lr, {r4-r8, r10, r11}\n\t"
      "vldmia r4!, {s8}\n\t" INLAY_REQUANT_FOUR("s8", "s8", "s8", "s8", "r7")
      "strb r1, [r5, r8]\n\t"
      "strb r2, [r5, r10]\n\t"
      "strb r3, [r5, r11]\n\t"
      "strb r0, [r5], #1\n\t"
      "stmia lr, {r4, r5}\n\t"
      "ldrd r10, r11, [lr, #28]\n\t"
      "ldr r7, [lr, #36]\n\t"
      "add r9, r7\n\t"
      "ldr r7, [lr, #40]\n\t"
      "cmp r4, r7\n\t"
      "bne 5b"
      : "+r"(scale), "+r"(offset), "+r"(from), "+r"(first), "+r"(entry)
      : "r"(end), "r"(kept)
      : "r0", "r1", "r2", "r3", "r5", "r7", "r8", "s4", "s5", "s6", "s7", "s8", "cc", "memory");
}
#else
constexpr bool kDirect = false;
inline void products_to_bytes(const ConvQuant&, const int32_t*, int32_t, const int8_t*, int32_t, int32_t, const int32_t*,
                              const float*, const int32_t*, int8_t*) {}
#endif
#undef INLAY_REQUANT_FOUR
#if INLAY_DSP_ASM
#undef INLAY_DOT
#undef INLAY_STEP
#endif

}  // namespace
}  // namespace inlay::kernels
