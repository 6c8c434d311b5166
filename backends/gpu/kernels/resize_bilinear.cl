// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DCOUNT=1
// options: -DREAL=float -DCOUNT=4
// options: -DREAL=half -DREAL_IS_HALF -DCOUNT=1
// options: -DREAL=half -DREAL_IS_HALF -DCOUNT=4
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DCOUNT=4
// options: -DQ=char -DQ_IS_SIGNED -DCOUNT=1
// options: -DQ=char -DQ_IS_SIGNED -DCOUNT=4
// options: -DQ=uchar -DCOUNT=1
// options: -DQ=uchar -DCOUNT=4
// Bilinear resizing, NHWC. A work-item computes COUNT neighbouring channels.

#ifdef Q
typedef Q element_t;
#if COUNT == 4
typedef int4 value_t;
#define load(i) convert_int4(vload4(i, in))
#ifdef Q_IS_SIGNED
#define store(v, i) vstore4(convert_char4(v), i, out)
#else
#define store(v, i) vstore4(convert_uchar4(v), i, out)
#endif
#else
typedef int value_t;
#define load(i) ((int)in[i])
#define store(v, i) (out[i] = (Q)(v))
#endif
#else
typedef REAL element_t;
#if COUNT == 4
typedef float4 value_t;
#define load(i) load_real4(i, in)
#define store(v, i) store_real4(v, i, out)
#else
typedef float value_t;
#define load(i) load_real(i, in)
#define store(v, i) store_real(v, i, out)
#endif
#endif

// taps: of each column of the output, then of each row: the two neighbours, in pixels or rows of the input, and how far between
// them: the bits of a float, of quantized elements in 2048ths. Sizes count groups of COUNT channels.
typedef struct {
  int count, channels, in_w, in_h, out_w, out_h;
} resize_t;

__kernel void resize_bilinear(__global const element_t* in, __global element_t* out, __global const int4* taps, resize_t s) {
  const int i = (int)get_global_id(0);
  if (i >= s.count) return;
  const int pixel = i / s.channels, c = i - pixel * s.channels;
  const int row = pixel / s.out_w, column = pixel - row * s.out_w;
  const int image = row / s.out_h;
  const int4 x = taps[column], y = taps[s.out_w + row - image * s.out_h];
  const int top = (image * s.in_h + y.x) * s.in_w, bottom = (image * s.in_h + y.y) * s.in_w;
  const value_t tl = load((top + x.x) * s.channels + c), tr = load((top + x.y) * s.channels + c);
  const value_t bl = load((bottom + x.x) * s.channels + c), br = load((bottom + x.y) * s.channels + c);
#ifdef Q
  const value_t above = tl * 2048 + (tr - tl) * x.z, below = bl * 2048 + (br - bl) * x.z;
  store((above * 2048 + (below - above) * y.z + (1 << 21)) >> 22, i);
#else
  const value_t above = tl + (tr - tl) * as_float(x.z), below = bl + (br - bl) * as_float(x.z);
  store(above + (below - above) * as_float(y.z), i);
#endif
}
