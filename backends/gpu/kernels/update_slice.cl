// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar -DINDEX=int
// options: -DELEM=ushort -DINDEX=int
// options: -DELEM=uint -DINDEX=int
// options: -DELEM=ulong -DINDEX=int
// options: -DELEM=uchar -DINDEX=long
// options: -DELEM=ushort -DINDEX=long
// options: -DELEM=uint -DINDEX=long
// options: -DELEM=ulong -DINDEX=long
// A part into a whole, at a place that is read at run time and clamped so that all of the part lies inside.

// dims of both, the outermost first
typedef struct {
  int count, rank;
  int whole[8], part[8];
} update_t;

__kernel void update_slice(__global const ELEM* part, __global const INDEX* begin, __global ELEM* out, update_t s) {
  int rest = (int)get_global_id(0);
  if (rest >= s.count) return;
  const int from = rest;
  int to = 0, stride = 1;
  ROLLED for (int d = s.rank - 1; d >= 0; --d) {
    const int outer = rest / s.part[d];
    const int first = (int)clamp(begin[d], (INDEX)0, (INDEX)(s.whole[d] - s.part[d]));
    to += (first + rest - outer * s.part[d]) * stride;
    stride *= s.whole[d];
    rest = outer;
  }
  out[to] = part[from];
}
