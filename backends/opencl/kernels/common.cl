// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float
// options: -DREAL=half -DREAL_IS_HALF
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS
// options: -DQ=char -DQ_IS_SIGNED
// options: -DQ=uchar
// In front of every source: how elements lie in memory, and the one integer arithmetic (docs/numerics.md).
// REAL: how float tensors lie, float or half; Q: 8-bit quantized elements.

#pragma OPENCL FP_CONTRACT OFF

#ifdef HALF_MATH
#pragma OPENCL EXTENSION cl_khr_fp16 : enable
#endif

// Floats are read and written by these alone: a half may be stored by any device, but computed with only by some.
#ifdef REAL_IS_HALF
#define load_real(i, p) vload_half(i, p)
#define load_real4(i, p) vload_half4(i, p)
#define store_real(v, i, p) vstore_half_rte(v, i, p)
#define store_real4(v, i, p) vstore_half4_rte(v, i, p)
#else
#define load_real(i, p) ((p)[i])
#define load_real4(i, p) vload4(i, p)
#define store_real(v, i, p) ((p)[i] = (v))
#define store_real4(v, i, p) vstore4(v, i, p)
#endif

// What sums of products are kept in.
#ifdef HALF_SUMS
typedef half sum_t;
typedef half4 sum4_t;
#else
typedef float sum_t;
typedef float4 sum4_t;
#endif

// q = clamp(rint(float(acc) * scale) + zero), ties to even; the clamp comes first, on integral bounds.
int requantize(int acc, float scale, int zero, int low, int high) {
  const float v = clamp(convert_float_rte(acc) * scale, (float)(low - zero), (float)(high - zero));
  return convert_int_rte(v) + zero;
}

// Vectors whose length is a macro.
#define GLUE_TEXT(a, b) a##b
#define GLUE(a, b) GLUE_TEXT(a, b)
// requantize() of n sums at once, n factors: an int vector.
#define requantize_vector(n, acc, factors, zero, low, high)                                                                      \
  (GLUE(GLUE(convert_int, n), _rte)(clamp(GLUE(GLUE(convert_float, n), _rte)(acc) * (factors), (float)((low) - (zero)), \
                                          (float)((high) - (zero)))) + (zero))

// What a launch of a convolution computes; ops/conv.h has the same struct and says what the members mean.
typedef struct {
  int batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int rows, columns, first_y, first_x, every_y, every_x;
  int origin_y, origin_x, stride_y, stride_x, step_y, step_x, filter_h, filter_w;
  int group_in, group_out;
  int w_first, w_out, w_row, w_column;
} conv_t;
