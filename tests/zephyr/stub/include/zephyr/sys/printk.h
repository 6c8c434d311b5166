/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STUB_PRINTK_H
#define STUB_PRINTK_H
__attribute__((format(printf, 1, 2))) void printk(const char* format, ...);
#endif
