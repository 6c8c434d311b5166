/* SPDX-License-Identifier: Apache-2.0 */
#include "print.h"

#include "board/board.h"

/* The digits of `value`, at least `least` of them, behind one another and ended by a zero byte; text has 12 bytes. */
static const char* digits(uint32_t value, uint32_t base, int least, char* text) {
  char* at = text + 11;
  *at = 0;
  do {
    *--at = "0123456789abcdef"[value % base];
    value /= base;
    least--;
  } while (value != 0 || least > 0);
  return at;
}

void print_number(uint32_t value) {
  char text[12];
  board_print(digits(value, 10, 1, text));
}

void print_thousandths(int32_t thousandths) {
  char text[12];
  const uint32_t size = thousandths < 0 ? 0u - (uint32_t)thousandths : (uint32_t)thousandths;
  if (thousandths < 0) board_print("-");
  print_number(size / 1000);
  board_print(".");
  board_print(digits(size % 1000, 10, 3, text));
}

void print_hex(uint32_t value) {
  char text[12];
  board_print(digits(value, 16, 8, text));
}
