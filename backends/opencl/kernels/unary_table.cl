// SPDX-License-Identifier: Apache-2.0
// options:
// Any function of one 8-bit value, as its 256 answers.

__kernel void unary_table(__global const uchar* in, __global uchar* out, __global const uchar* table, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) out[i] = table[in[i]];
}
