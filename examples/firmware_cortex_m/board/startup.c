/* SPDX-License-Identifier: Apache-2.0
 *
 * From reset to main: the table of vectors, the FPU, the initial values of variables. A fault prints where it happened and ends
 * the program with code 3, so that a test sees it.
 */
#include "board.h"

int main(void);
void board_tick(void); /* board.c */

#define CPACR (*(volatile uint32_t*)0xE000ED88u)
#define CFSR (*(volatile uint32_t*)0xE000ED28u)

static void hex(uint32_t value) {
  char text[9];
  int i;
  for (i = 0; i < 8; i++) text[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
  text[8] = 0;
  board_print(text);
}

/* `frame`: what the core pushed: r0-r3, r12, lr, pc, psr. */
__attribute__((noreturn, used)) void board_fault(const uint32_t* frame) {
  board_print("fault at pc 0x");
  hex(frame[6]);
  board_print(", lr 0x");
  hex(frame[5]);
  board_print(", cfsr 0x");
  hex(CFSR);
  board_print("\n");
  board_exit(3);
}

__attribute__((naked)) static void fault(void) { __asm__ volatile("mov r0, sp\n\tbl board_fault"); }

/* Apart from reset(), which must not use the FPU before it is on. */
__attribute__((noinline, noreturn)) static void start(void) {
  const unsigned char* from = link_data_load;
  unsigned char* to;
  for (to = link_data_begin; to != link_data_end; to++) *to = *from++;
  for (to = link_bss_begin; to != link_bss_end; to++) *to = 0;
  board_init();
  board_exit(main());
}

__attribute__((noreturn)) static void reset(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  CPACR |= 0xFu << 20; /* full access to coprocessors 10 and 11: the FPU, and Helium where there is one */
  __asm__ volatile("dsb\n\tisb" ::: "memory");
#endif
#if defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)
  __asm__ volatile("msr msplim, %0" ::"r"(link_stack_limit)); /* a stack that overflows faults */
#endif
  start();
}

typedef void (*handler)(void);
typedef union {
  handler code;
  const void* stack;
} vector;

/* Reset, NMI, HardFault, MemManage, BusFault, UsageFault, SecureFault, 3 reserved, SVCall, DebugMonitor, reserved, PendSV,
 * SysTick. */
__attribute__((section(".vectors"), used)) static const vector vectors[16] = {
    {.stack = link_stack_top},
    {.code = (handler)reset},
    {.code = fault},
    {.code = fault},
    {.code = fault},
    {.code = fault},
    {.code = fault},
    {.code = fault},
    {.code = 0},
    {.code = 0},
    {.code = 0},
    {.code = fault},
    {.code = fault},
    {.code = 0},
    {.code = fault},
    {.code = board_tick},
};
