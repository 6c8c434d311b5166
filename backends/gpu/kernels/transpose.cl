// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar
// options: -DELEM=ushort
// options: -DELEM=uint
// options: -DELEM=ulong
// options: -DELEM=uint4
// Matrices turned over by way of local memory, so that neighbours read and neighbours write neighbouring places. Groups of 16 x 4.

#define SIDE 16
#define STEP 4

// dims[0] runs along the input, dims[1] along the output; the others number the matrices, the innermost first.
typedef struct {
  int count, rank, from, to;
  int dims[16], in_stride[16], out_stride[16];
} box_t;

__kernel void transpose(__global const ELEM* in, __global ELEM* out, box_t box) {
  __local ELEM tile[SIDE * (SIDE + 1)];  // a column of waste keeps a column's elements in different banks
  const int x = (int)get_local_id(0), y = (int)get_local_id(1);
  const int along_in = (int)get_group_id(0) * SIDE, along_out = (int)get_group_id(1) * SIDE;
  int from = box.from, to = box.to, rest = (int)get_global_id(2);
  ROLLED for (int d = 2; d < box.rank; ++d) {
    const int outer = rest / box.dims[d];
    const int at = rest - outer * box.dims[d];
    from += at * box.in_stride[d];
    to += at * box.out_stride[d];
    rest = outer;
  }
  for (int row = y; row < SIDE; row += STEP) {
    if (along_in + x < box.dims[0] && along_out + row < box.dims[1]) {
      tile[row * (SIDE + 1) + x] = in[from + along_in + x + (along_out + row) * box.in_stride[1]];
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int row = y; row < SIDE; row += STEP) {
    if (along_in + row < box.dims[0] && along_out + x < box.dims[1]) {
      out[to + along_out + x + (along_in + row) * box.out_stride[0]] = tile[x * (SIDE + 1) + row];
    }
  }
}
