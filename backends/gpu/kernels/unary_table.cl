// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar
// options: -DELEM=ushort
// Any function of one 8-bit or 16-bit value, as all its answers.

__kernel void unary_table(const __global ELEM* in, __global ELEM* out, const __global ELEM* table, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) out[i] = table[in[i]];
}
