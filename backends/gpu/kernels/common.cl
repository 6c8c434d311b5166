// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float
// options: -DREAL=half -DREAL_IS_HALF
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS
// options: -DQ=char -DQ_IS_SIGNED
// options: -DQ=uchar
// options: -DREAL=float -DWIDTH=8
// In front of every source: how elements lie in memory, and the one integer arithmetic (docs/numerics.md).
// REAL: how float tensors lie, float or half; Q: 8-bit quantized elements.

// What OpenCL C and C++ write differently; C++ has its own in backends/cuda/dialect.h. Functions that kernels call are DEVICE.
#ifndef INLAY_DIALECT
#pragma OPENCL FP_CONTRACT OFF
#define DEVICE
#define GROUP_OF(x, y, z) __attribute__((reqd_work_group_size(x, y, z)))
#define MAKE_UINT4(x, y, z, w) ((uint4)(x, y, z, w))
#define ROLLED  // a loop that is not worth unrolling
#define INDEXED  // a kernel's argument with an array that is not indexed by constants
#endif

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
DEVICE int requantize(int acc, float scale, int zero, int low, int high) {
  const float v = clamp(convert_float_rte(acc) * scale, (float)(low - zero), (float)(high - zero));
  return convert_int_rte(v) + zero;
}

#ifdef __clang__
#pragma clang diagnostic ignored "-Wpsabi"  // PoCL would tell of every call with a vector wider than the CPU's
#endif

// Vectors whose length is a macro.
#define JOIN_TEXT(a, b) a##b
#define JOIN(a, b) JOIN_TEXT(a, b)
// requantize() of n sums at once, n factors: an int vector. Adding 1.5 * 2^23 rounds a number below 2^22 to an integer in the low bits:
// drivers convert vectors with a rounding mode lane by lane.
#define requantize_vector(n, acc, factors, zero, low, high)                                                               \
  (JOIN(as_int, n)(clamp(JOIN(convert_float, n)(acc) * (factors), (float)((low) - (zero)), (float)((high) - (zero))) + 12582912.0f) - \
   0x4B400000 + (zero))

#ifdef REAL
// v, or the bound that it is beyond; what is no number stays so.
DEVICE float clamp_real(float v, float low, float high) { return v < low ? low : v > high ? high : v; }

// What products are computed from: halves only by devices that have their arithmetic.
#ifdef HALF_MATH
typedef half mul_t;
#define load_mul(i, p) ((p)[i])
#define add_product(sum, x, w) ((sum) += convert_float((x) * (w)))
#else
typedef float mul_t;
#define load_mul(i, p) load_real(i, p)
#define add_product(sum, x, w) ((sum) += (x) * (w))
#endif
#endif

#if defined(WIDTH) && defined(REAL)
// The same of WIDTH neighbours: WIDTH is 4, 8 or 16. p: the first one.
typedef JOIN(float, WIDTH) floats_t;
#ifdef REAL_IS_HALF
#define load_reals(p) JOIN(vload_half, WIDTH)(0, p)
#define store_reals(v, p) JOIN(JOIN(vstore_half, WIDTH), _rte)(v, 0, p)
#else
#define load_reals(p) JOIN(vload, WIDTH)(0, p)
#define store_reals(v, p) JOIN(vstore, WIDTH)(v, 0, p)
#endif
#ifdef HALF_MATH
typedef JOIN(half, WIDTH) muls_t;
#define load_muls(p) JOIN(vload, WIDTH)(0, p)
#else
typedef floats_t muls_t;
#define load_muls(p) load_reals(p)
#endif
#ifdef HALF_SUMS
typedef JOIN(half, WIDTH) sums_t;
#define to_sums(v) JOIN(convert_half, WIDTH)(v)
#else
typedef floats_t sums_t;
#define to_sums(v) (v)
#endif
#if defined(HALF_MATH) && !defined(HALF_SUMS)
#define add_products(sums, x, w) ((sums) += JOIN(convert_float, WIDTH)((x) * (w)))
#else
#define add_products(sums, x, w) ((sums) += (x) * (w))
#endif

// The first `count` of WIDTH elements; the others are 0.
DEVICE floats_t load_some(__global const REAL* p, int count) {
  float lanes[WIDTH];
  for (int i = 0; i < WIDTH; ++i) lanes[i] = i < count ? (float)load_real(i, p) : 0.0f;
  return JOIN(vload, WIDTH)(0, lanes);
}

// Clamps and stores the first `count` of WIDTH sums; count may be beyond WIDTH.
DEVICE void store_some(sums_t sums, float low, float high, __global REAL* p, int count) {
  floats_t v = JOIN(convert_float, WIDTH)(sums);
  v = v < low ? (floats_t)low : v > high ? (floats_t)high : v;
  if (count >= WIDTH) {
    store_reals(v, p);
    return;
  }
  float lanes[WIDTH];
  JOIN(vstore, WIDTH)(v, 0, lanes);
  for (int i = 0; i < count; ++i) store_real(lanes[i], i, p);
}
#endif

// What a launch of a convolution computes; ops/conv.h has the same struct and says what the members mean.
typedef struct {
  int batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int rows, columns, first_y, first_x, every_y, every_x;
  int origin_y, origin_x, stride_y, stride_x, step_y, step_x, filter_h, filter_w;
  int group_in, group_out;
  int w_first, w_out, w_row, w_column;
} conv_t;
