/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STUB_KERNEL_H
#define STUB_KERNEL_H
#include <stddef.h>
#include <stdint.h>
#define __aligned(bytes) __attribute__((aligned(bytes)))
uint32_t k_cycle_get_32(void);
#endif
