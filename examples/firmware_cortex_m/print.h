/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as text without printf, which would bring 20 KB and ask for a heap.
 */
#ifndef FIRMWARE_PRINT_H
#define FIRMWARE_PRINT_H

#include <stdint.h>

void print_number(uint32_t value);
/** `thousandths` / 1000 with three decimals: 1234 is "1.234". */
void print_thousandths(int32_t thousandths);
/** Eight hexadecimal digits. */
void print_hex(uint32_t value);

#endif /* FIRMWARE_PRINT_H */
