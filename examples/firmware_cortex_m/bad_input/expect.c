/* SPDX-License-Identifier: Apache-2.0 */
#include "expect.h"

#include "board/board.h"
#include "print.h"

static uint32_t cases, errors;

void expect(const char* what, inlay_status got, inlay_status want, inlay_error* error) {
#ifdef INLAY_STRIP_STRINGS
  const int fine = got == want;
#else
  const int fine = got == want && (want == INLAY_OK || error->text[0] != 0);
#endif
  cases++;
  if (!fine) errors++;
  board_print(fine ? "" : "WRONG: ");
  board_print(what);
  board_print(": ");
  board_print(inlay_status_name(got));
  if (got != INLAY_OK) {
    board_print(": ");
    board_print(error->text);
  }
  board_print("\n");
  error->text[0] = 0;
}

void expect_all(const char* what, uint32_t number, int fine) {
  cases++;
  if (fine) return;
  errors++;
  board_print("WRONG: ");
  board_print(what);
  board_print(" ");
  print_number(number);
  board_print("\n");
}

int expect_end(void) {
  print_number(cases);
  board_print(" cases, ");
  print_number(errors);
  board_print(" errors\n");
  return errors != 0;
}

void flip(const void* at) {
  volatile unsigned char* byte = (volatile unsigned char*)(uintptr_t)at;
  *byte = (unsigned char)~*byte;
}
