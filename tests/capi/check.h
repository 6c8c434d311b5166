/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CAPI_CHECK_H
#define CAPI_CHECK_H

#include <inlay/inlay.h>
#include <stdio.h>

extern int capi_failures;

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);          \
      capi_failures++;                                                          \
    }                                                                           \
  } while (0)

/** Misuse and bad bytes end in a status and a sentence. */
void check_errors(const void* file, size_t size);

/** `bytes` rounded up to a 64-byte boundary inside the block given. */
static inline void* aligned(void* block) { return (void*)(((uintptr_t)block + 63u) & ~(uintptr_t)63u); }

#endif
