/* SPDX-License-Identifier: Apache-2.0
 *
 * What this example needs of a board: text out, an end, a clock, and a way to see how deep the stack went. board.c implements it
 * for a core under a debugger or emulator (semihosting); a product replaces board.c and keeps the rest.
 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stddef.h>
#include <stdint.h>

/** Starts the clock. Called once, before main. */
void board_init(void);

/** Writes a text, ended by a zero byte, to the debugger's console. */
void board_print(const char* text);

/** Ends the program; `code` becomes the exit code of the emulator. Does not return. */
__attribute__((noreturn)) void board_exit(int code);

/** Cycles of SysTick since board_init, modulo 2^32. Under QEMU's -icount one tick is so many instructions (README.md). */
uint32_t board_ticks(void);

/** Fills the unused part of the stack with a pattern, to be looked at later. */
void board_stack_paint(void);

/** Bytes of the stack that were in use at once, at most, since the last paint, counted from its top. */
uint32_t board_stack_used(void);

/* Set by memory.ld.in: addresses, not variables. */
extern unsigned char link_flash_begin[], link_flash_end[]; /* all that is in flash, the initial values of .data included */
extern unsigned char link_model_begin[], link_model_end[]; /* the model's tables, inside of the flash */
extern unsigned char link_data_load[], link_data_begin[], link_data_end[], link_bss_begin[], link_bss_end[];
extern unsigned char link_stack_limit[], link_stack_top[];

/** Markers in the instruction stream for bench/icount: what runs between them is counted. Debug hints do nothing else. */
#if __ARM_ARCH_ISA_THUMB >= 2
#define BOARD_COUNT_BEGIN() __asm__ volatile("dbg #1" ::: "memory")
#define BOARD_COUNT_END() __asm__ volatile("dbg #2" ::: "memory")
#else
#define BOARD_COUNT_BEGIN() ((void)0)
#define BOARD_COUNT_END() ((void)0)
#endif

#endif /* FIRMWARE_BOARD_H */
