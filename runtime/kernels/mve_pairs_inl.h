// SPDX-License-Identifier: Apache-2.0
// The inner loops of convolution for Helium: one or two output pixels times panels of four output channels, each sum in a core
// register, to which VMLADAVA adds sixteen products.
#pragma once
#include <cstddef>

#include "kernels/mve_inl.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kPanel = 4;  // output channels of a panel: 4 biases, their weights by 16 taps, 4 scales

/// `vectors` times 16 values at `x` of each of two output pixels. One of 0 vectors ends the list.
struct Run {
  const int8_t* x[2];
  int32_t vectors;
};

/// Pairs of output pixels that lie side by side, all channels; runs and output move on in between. The assembly below reads it.
struct Pairs {
  const int8_t* panels;
  Run* runs;
  int8_t* out[2];
  int32_t channels, left;  ///< of the output; left is its own
  int32_t zero;            ///< of the output
  QuantRange range;
  int32_t count, step;  ///< of pairs; bytes that runs move on
  int32_t out_step;     ///< what the output moves on behind its last whole panel
};

#if defined(__ARM_FEATURE_MVE)
static_assert(sizeof(Run) == 12 && offsetof(Pairs, left) == 20 && offsetof(Pairs, out_step) == 44, "the assembly reads them");

/// Sums of a panel's channels for the first pixel of runs. VMLADAVA wants even registers: GCC does not know.
inline int32x4_t sums_of(const int8_t** panel, const Run* run) {
  const int8_t *w = *panel, *x, *y;
  int32_t n;
  int8x16_t t0, t1;
  int32x4_t sums;
  asm volatile(
      R"(
        ldm %[w]!, {r0, r2, r4, r6}
        ldrd %[x], %[y], [%[run]], #8
        ldr %[n], [%[run]], #4
      1: dls lr, %[n]
      2: vldrb.8 %q[sums], [%[x]], #16
        vldrb.8 %q[t0], [%[w]], #16
        vmladava.s8 r0, %q[sums], %q[t0]
        vldrb.8 %q[t1], [%[w]], #16
        vmladava.s8 r2, %q[sums], %q[t1]
        vldrb.8 %q[t0], [%[w]], #16
        vmladava.s8 r4, %q[sums], %q[t0]
        vldrb.8 %q[t1], [%[w]], #16
        vmladava.s8 r6, %q[sums], %q[t1]
        le lr, 2b
        ldrd %[x], %[y], [%[run]], #8
        ldr %[n], [%[run]], #4
        cmp %[n], #0
        bne 1b
        vmov %q[sums][2], %q[sums][0], r0, r4
        vmov %q[sums][3], %q[sums][1], r2, r6
      )"
      : [sums] "=&w"(sums), [t0] "=&w"(t0), [t1] "=&w"(t1), [w] "+r"(w), [run] "+r"(run), [x] "=&r"(x), [y] "=&r"(y), [n] "=&r"(n)
      :
      : "r0", "r2", "r4", "r6", "lr", "cc", "memory");
  *panel = w;
  return sums;
}

/// The same of two pixels takes all registers: r0 r2 r4 r6 are the sums of one, r8 r10 r12 lr those of the other, r1 r3 r5 a run,
/// r7 the panel, r9 the next run, r11 the pairs, q5 q6 q7 the range and the zero point.
INLAY_NAKED void multiply_pairs([[maybe_unused]] Pairs* pairs) {
  asm volatile(
      R"(
        push {r4-r11, lr}
        vpush {d8-d15}
        mov r11, r0
        ldr r0, [r11, #24]
        ldrd r1, r3, [r11, #28]
        vdup.32 q7, r0
        vdup.32 q5, r1
        vdup.32 q6, r3
      1: ldr r7, [r11]
        ldr r0, [r11, #16]
        str r0, [r11, #20]
      2: ldr r9, [r11, #4]
        ldm r7!, {r0, r2, r4, r6}
        ldm r9!, {r1, r3, r5}
        mov r8, r0
        mov r10, r2
        mov r12, r4
        mov lr, r6
      3: vldrb.8 q0, [r1], #16
        vldrb.8 q2, [r7], #16
        vmladava.s8 r0, q0, q2
        vldrb.8 q1, [r3], #16
        vmladava.s8 r8, q1, q2
        vldrb.8 q3, [r7], #16
        vmladava.s8 r2, q0, q3
        vldrb.8 q2, [r7], #16
        vmladava.s8 r10, q1, q3
        vldrb.8 q3, [r7], #16
        vmladava.s8 r4, q0, q2
        vmladava.s8 r12, q1, q2
        vmladava.s8 r6, q0, q3
        subs r5, r5, #1
        vmladava.s8 lr, q1, q3
        bne 3b
        ldm r9!, {r1, r3, r5}
        cmp r5, #0
        bne 3b
        vmov q0[2], q0[0], r0, r4
        vmov q0[3], q0[1], r2, r6
        vmov q1[2], q1[0], r8, r12
        vmov q1[3], q1[1], r10, lr
        vldrw.32 q2, [r7], #16
        vcvt.f32.s32 q0, q0
        vcvt.f32.s32 q1, q1
        vmul.f32 q0, q0, q2
        vmul.f32 q1, q1, q2
        vcvtn.s32.f32 q0, q0
        vcvtn.s32.f32 q1, q1
        ldr r0, [r11, #20]
        vqadd.s32 q0, q0, q7
        vqadd.s32 q1, q1, q7
        ldrd r1, r3, [r11, #8]
        vmax.s32 q0, q0, q5
        vmax.s32 q1, q1, q5
        vmin.s32 q0, q0, q6
        vmin.s32 q1, q1, q6
        vctp.32 r0
        vpstt
        vstrbt.32 q0, [r1], #4
        vstrbt.32 q1, [r3], #4
        strd r1, r3, [r11, #8]
        subs r0, r0, #4
        str r0, [r11, #20]
        bgt 2b
        // The next pair.
        ldr r0, [r11, #44]
        add r1, r1, r0
        add r3, r3, r0
        strd r1, r3, [r11, #8]
        ldrd r2, r0, [r11, #36]
        ldr r9, [r11, #4]
      4: ldrd r1, r3, [r9]
        add r1, r1, r0
        add r3, r3, r0
        strd r1, r3, [r9], #12
        ldr r5, [r9, #8]
        cmp r5, #0
        bne 4b
        subs r2, r2, #1
        str r2, [r11, #36]
        bne 1b
        vpop {d8-d15}
        pop {r4-r11, pc}
      )");
}
#else
inline int32x4_t sums_of(const int8_t** panel, const Run* run) {
  int32x4_t sums = vldrwq_s32(reinterpret_cast<const int32_t*>(*panel));
  *panel += kPanel * 4;
  for (; run->vectors > 0; ++run) {
    for (int32_t v = 0; v < run->vectors; ++v) {
      for (int32_t& sum : sums.lane) {
        int32_t products = 0;
        for (int32_t i = 0; i < kLanes; ++i) products += run->x[0][v * kLanes + i] * (*panel)[i];
        sum = static_cast<int32_t>(static_cast<uint32_t>(sum) + static_cast<uint32_t>(products));
        *panel += kLanes;
      }
    }
  }
  return sums;
}
#endif

}  // namespace
}  // namespace inlay::kernels
