/* SPDX-License-Identifier: Apache-2.0
 *
 * Semihosting (the debugger prints and ends for us), SysTick as a clock, a painted stack.
 */
#include "board.h"

enum { SYS_WRITE0 = 0x04, SYS_EXIT_EXTENDED = 0x20, STOPPED_BY_APPLICATION = 0x20026 };

static uint32_t semihost(uint32_t operation, const void* argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void* r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void board_print(const char* text) { (void)semihost(SYS_WRITE0, text); }

void board_exit(int code) {
  const uint32_t arguments[2] = {STOPPED_BY_APPLICATION, (uint32_t)code};
  (void)semihost(SYS_EXIT_EXTENDED, arguments);
  for (;;) {
  }
}

/* ---- clock: SysTick counts 24 bits down, its interrupt counts the rounds ---- */

#define SYST_CSR (*(volatile uint32_t*)0xE000E010u)
#define SYST_RVR (*(volatile uint32_t*)0xE000E014u)
#define SYST_CVR (*(volatile uint32_t*)0xE000E018u)
enum { ROUND = 1 << 24, ENABLE_WITH_INTERRUPT_FROM_CORE_CLOCK = 7 };

static volatile uint32_t rounds;

void board_tick(void);
void board_tick(void) { rounds++; }

void board_init(void) {
  SYST_RVR = ROUND - 1;
  SYST_CVR = 0;
  SYST_CSR = ENABLE_WITH_INTERRUPT_FROM_CORE_CLOCK;
}

uint32_t board_ticks(void) {
  uint32_t before, now;
  do {
    before = rounds;
    now = SYST_CVR;
  } while (before != rounds);
  return before * ROUND + (ROUND - 1 - now);
}

/* ---- stack ---- */

#define PAINT 0xC5C5C5C5u
enum { IN_USE_HERE = 64 }; /* bytes below the frame of board_stack_paint that it leaves alone */

void board_stack_paint(void) {
  const uintptr_t end = (uintptr_t)__builtin_frame_address(0) - IN_USE_HERE;
  uintptr_t at;
  for (at = (uintptr_t)link_stack_limit; at < end; at += 4) *(volatile uint32_t*)at = PAINT;
}

uint32_t board_stack_used(void) {
  const volatile uint32_t* at = (const volatile uint32_t*)(uintptr_t)link_stack_limit;
  while ((uintptr_t)at < (uintptr_t)link_stack_top && *at == PAINT) at++;
  return (uint32_t)((uintptr_t)link_stack_top - (uintptr_t)at);
}
