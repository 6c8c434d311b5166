/* SPDX-License-Identifier: Apache-2.0
 * A firmware of its own for the plug-in's test: three regions of known length, between `dbg #1` and `dbg #2`. */
#include <stdint.h>

#ifndef EXIT_CODE
#define EXIT_CODE 0
#endif

extern unsigned char link_stack_top[];

/* 2 + 100 * 2 + 1 instructions, and 24 bytes of stack. */
__attribute__((naked, noinline, used)) static void work(void) {
  __asm__ volatile(
      "push {r0-r4, lr}\n\t"
      "movs r0, #100\n"
      "1: subs r0, #1\n\t"
      "bne 1b\n\t"
      "pop {r0-r4, pc}");
}

/* Region 0: 10 instructions. Region 1: a call and work. Region 2: five times work, by a loop of 1 + 5 * 3. */
__attribute__((naked, used)) static void regions(void) {
  __asm__ volatile(
      "push {r4, lr}\n\t"
      "dbg #1\n\t"
      "nop; nop; nop; nop; nop; nop; nop; nop; nop; nop\n\t"
      "dbg #2\n\t"
      "nop\n\t"
      "dbg #1\n\t"
      "bl work\n\t"
      "dbg #2\n\t"
      "dbg #1\n\t"
      "movs r4, #5\n"
      "2: bl work\n\t"
      "subs r4, #1\n\t"
      "bne 2b\n\t"
      "dbg #2\n\t"
      "pop {r4, pc}");
}

__attribute__((noreturn)) static void reset(void) {
  static const uint32_t stopped[2] = {0x20026, EXIT_CODE};
  register uint32_t r0 __asm__("r0") = 0x20; /* SYS_EXIT_EXTENDED */
  register const uint32_t* r1 __asm__("r1") = stopped;
  regions();
  r0 = 0x20, r1 = stopped;
  __asm__ volatile("bkpt 0xab" ::"r"(r0), "r"(r1) : "memory");
  for (;;) {
  }
}

__attribute__((section(".vectors"), used)) static const void* const vectors[2] = {link_stack_top, (const void*)reset};
