// SPDX-License-Identifier: Apache-2.0
// options: -DELEM=uchar -DELEM_BYTES=1
// options: -DELEM=uchar -DELEM_BYTES=1 -DLOOKUP
// options: -DELEM=ushort -DELEM_BYTES=2
// options: -DELEM=uint -DELEM_BYTES=4
// options: -DELEM=ulong -DELEM_BYTES=8
// options: -DELEM=uint4 -DELEM_BYTES=16
// Bytes from places to places: one work-item moves one ELEM, which may be several neighbouring elements of the tensors.

__kernel void copy(__global const ELEM* in, __global ELEM* out, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) out[i] = in[i];
}

DEVICE ELEM filling(uint low, uint high) {
#if ELEM_BYTES == 16
  return MAKE_UINT4(low, high, low, high);
#elif ELEM_BYTES == 8
  return (ulong)high << 32 | low;
#else
  return (ELEM)low;
#endif
}

__kernel void fill(__global ELEM* out, uint low, uint high, int count) {
  const int i = (int)get_global_id(0);
  if (i < count) out[i] = filling(low, high);
}

#ifdef LOOKUP
#define MAYBE_TABLE , __global const uchar* table
#define MOVED(v) table[v]
#else
#define MAYBE_TABLE
#define MOVED(v) (v)
#endif

// Work-item i is a place in a box of dims[0] (innermost) x dims[1] x ...; both sides walk it with strides of their own.
typedef struct {
  int count, rank, from, to;
  int dims[16], in_stride[16], out_stride[16];
} box_t;

__kernel void copy_box(__global const ELEM* in, __global ELEM* out MAYBE_TABLE, box_t box) {
  int rest = (int)get_global_id(0);
  if (rest >= box.count) return;
  int from = box.from, to = box.to;
  ROLLED for (int d = 0; d < box.rank; ++d) {
    const int outer = rest / box.dims[d];
    const int at = rest - outer * box.dims[d];
    from += at * box.in_stride[d];
    to += at * box.out_stride[d];
    rest = outer;
  }
  out[to] = MOVED(in[from]);
}

// The same where the input's places are no multiples of strides. Coordinates of neighbouring dims are summed up to a key, times
// key_stride, until a dim has a table (table[d] >= 0: where it begins); entry `key` of it is a step in the input, or negative:
// the output gets the filling.
typedef struct {
  int count, rank;
  uint low, high;
  int dims[8], in_stride[8], out_stride[8], key_stride[8], table[8];
} tabled_t;

__kernel void copy_tabled(__global const ELEM* in, __global ELEM* out, __global const int* tables, tabled_t box) {
  int rest = (int)get_global_id(0);
  if (rest >= box.count) return;
  int from = 0, to = 0, key = 0;
  bool inside = true;
  ROLLED for (int d = 0; d < box.rank; ++d) {
    const int outer = rest / box.dims[d];
    const int at = rest - outer * box.dims[d];
    rest = outer;
    to += at * box.out_stride[d];
    from += at * box.in_stride[d];
    key += at * box.key_stride[d];
    if (box.table[d] >= 0) {
      const int step = tables[box.table[d] + key];
      inside = inside && step >= 0;
      from += step;
      key = 0;
    }
  }
  if (inside) {
    out[to] = in[from];
  } else {
    out[to] = filling(box.low, box.high);
  }
}
