/* SPDX-License-Identifier: Apache-2.0
 *
 * What the sample calls of Zephyr: %d, %u and %s of printk, and the clock.
 */
#include <stdarg.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "board.h"

uint32_t k_cycle_get_32(void) { return board_ticks(); }

static void print_number(unsigned value) {
  char text[12];
  char* at = text + 11;
  *at = 0;
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value != 0);
  board_print(at);
}

void printk(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  for (; *format != 0; format++) {
    const char one[2] = {*format, 0};
    if (*format != '%') {
      board_print(one);
    } else if (*++format == 's') {
      board_print(va_arg(arguments, const char*));
    } else {
      print_number(va_arg(arguments, unsigned));
    }
  }
  va_end(arguments);
}
