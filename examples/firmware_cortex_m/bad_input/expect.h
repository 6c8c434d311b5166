/* SPDX-License-Identifier: Apache-2.0
 *
 * For programs that give a firmware's runtime what it must refuse: what came back, and how often it was wrong.
 */
#ifndef FIRMWARE_EXPECT_H
#define FIRMWARE_EXPECT_H

#include "inlay/inlay.h"

/** Prints the case and what came back; anything but `want` with a sentence is an error (a stripped build has the status alone).
 */
void expect(const char* what, inlay_status got, inlay_status want, inlay_error* error);

/** Counts one of many cases that are not printed each; `fine` 0 is an error, printed with its number. */
void expect_all(const char* what, uint32_t number, int fine);

/** Prints the sum; the exit code of main. */
int expect_end(void);

/** Overwrites a byte of the model, in what is flash of a board and is RAM in the emulator; once more puts it back. */
void flip(const void* at);

#endif /* FIRMWARE_EXPECT_H */
