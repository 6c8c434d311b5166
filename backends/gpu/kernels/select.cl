// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar
// options: -DELEM=ushort
// options: -DELEM=uint
// options: -DELEM=ulong
// condition ? a : b of three tensors that broadcast; ELEM: an element's bytes. The output may lie over an operand of as many
// elements.

typedef struct {
  int rank;  // at least 1
  int dims[8];
  int strides[3][8];
} Broadcast;

__kernel void choose(const __global uchar* condition, const __global ELEM* a, const __global ELEM* b, __global ELEM* output,
                     Broadcast plan, int count) {
  const int i = get_global_id(0);
  if (i >= count) return;
  int rest = i, c_at = 0, a_at = 0, b_at = 0;
  ROLLED for (int d = plan.rank - 1; d >= 0; --d) {
    const int next = rest / plan.dims[d], at = rest - next * plan.dims[d];
    c_at += at * plan.strides[0][d];
    a_at += at * plan.strides[1][d];
    b_at += at * plan.strides[2][d];
    rest = next;
  }
  const ELEM x = a[a_at], y = b[b_at];
  output[i] = condition[c_at] != 0 ? x : y;
}
