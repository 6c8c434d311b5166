// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar
// options: -DELEM=ushort
// options: -DELEM=uint
// options: -DELEM=ulong
// Elements from one place to another. Where both are one place, that is harmless.

__kernel void copy(__global const ELEM* in, __global ELEM* out, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) out[i] = in[i];
}
