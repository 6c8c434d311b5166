// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar -DINDEX=int
// options: -DELEM=ushort -DINDEX=int
// options: -DELEM=uint -DINDEX=int
// options: -DELEM=ulong -DINDEX=int
// options: -DELEM=uchar -DINDEX=long
// options: -DELEM=ushort -DINDEX=long
// options: -DELEM=uint -DINDEX=long
// options: -DELEM=ulong -DINDEX=long
// Indices [outer, inner] to [outer, depth, inner]: `on` where the index is the place along depth.

__kernel void one_hot(__global const INDEX* indices, __global const ELEM* on, __global const ELEM* off, __global ELEM* out, int depth,
                      int inner, int count) {
  const int i = (int)get_global_id(0);
  if (i >= count) return;
  const int row = i / inner, k = i - row * inner;
  const int outer = row / depth;
  out[i] = indices[outer * inner + k] == row - outer * depth ? on[0] : off[0];
}
