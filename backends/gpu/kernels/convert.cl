// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DTO=char -DFROM_REAL -DFN=quantize
// options: -DREAL=half -DREAL_IS_HALF -DTO=uchar -DFROM_REAL -DFN=truncate -DSATURATE=convert_uchar_sat_rtz -DHIGHEST=UCHAR_MAX
// options: -DREAL=float -DFROM=char -DTO_REAL -DFN=real_of
// options: -DREAL=float -DFROM=half -DFROM_HALF -DTO_REAL -DFN=same
// options: -DREAL=float -DTO=half -DTO_HALF -DFROM_REAL -DFN=same
// options: -DFROM=long -DTO=short -DFN=low_bits
// options: -DFROM=int -DTO=uchar -DFN=truth
// options: -DREAL=float -DTO=uchar -DFROM_REAL -DFN=truth
// options: -DFROM=short -DTO=char -DFN=rescale
// Elements from one dtype to another. FN: how. FROM, TO: the dtypes, where they are not REAL (FROM_REAL, TO_REAL).

typedef struct {
  float scale;
  int in_zero, zero, low, high;
} Math;

#if defined(FROM_REAL)
typedef float in_t;
#define FROM REAL
#define LOAD(i, p) load_real(i, p)
#elif defined(FROM_HALF)
typedef float in_t;
#define LOAD(i, p) vload_half(i, p)
#else
typedef FROM in_t;
#define LOAD(i, p) ((p)[i])
#endif

#if defined(TO_REAL)
typedef float out_t;
#define TO REAL
#define STORE(v, i, p) store_real(v, i, p)
#elif defined(TO_HALF)
typedef float out_t;
#define STORE(v, i, p) vstore_half_rte(v, i, p)
#else
typedef TO out_t;
#define STORE(v, i, p) ((p)[i] = (v))
#endif

#define same(x, m) (x)
#define low_bits(x, m) ((out_t)(x))
#define truth(x, m) ((x) != 0 ? 1 : 0)
#define real_of(x, m) convert_float_rte(x)
// A NaN becomes the highest value.
#define truncate(x, m) (isnan(x) ? (out_t)HIGHEST : SATURATE(x))

// A NaN becomes the lowest value.
DEVICE int quantized(float x, Math m) {
  const float low = (float)(m.low - m.zero), high = (float)(m.high - m.zero);
  float q = x * m.scale;
  q = q > low ? q : low;
  q = q < high ? q : high;
  return convert_int_rte(q) + m.zero;
}
#define quantize(x, m) ((out_t)quantized(x, m))
#define rescale(x, m) ((out_t)requantize((int)(x) - (m).in_zero, (m).scale, (m).zero, (m).low, (m).high))

__kernel void convert(const __global FROM* input, __global TO* output, Math math, int count) {
  const int i = get_global_id(0);
  if (i >= count) return;
  const in_t x = LOAD(i, input);
  STORE(FN(x, math), i, output);
}
