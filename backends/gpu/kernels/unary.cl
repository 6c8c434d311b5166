// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DFN=gelu
// options: -DREAL=half -DREAL_IS_HALF -DFN=clamped
// options: -DELEM=int -DFN=sign_of
// options: -DELEM=long -DWIDE -DFN=negative
// options: -DELEM=uchar -DFN=logical_not
// Functions of one float, or of one integer. The output may lie over the input. FN: the function; REAL or ELEM: what lies in
// memory.

typedef struct {
  float low, high, param;
} Math;

#ifdef REAL

DEVICE float clamped(float x, Math m) {
  const float v = x < m.low ? m.low : x;
  return v > m.high ? m.high : v;
}
DEVICE float magnitude(float x, Math m) { return fabs(x); }
DEVICE float negative(float x, Math m) { return -x; }
DEVICE float exponential(float x, Math m) { return exp(x); }
DEVICE float logarithm(float x, Math m) { return log(x); }
DEVICE float root(float x, Math m) { return sqrt(x); }
DEVICE float inverse_root(float x, Math m) { return 1.0f / sqrt(x); }
DEVICE float squared(float x, Math m) { return x * x; }
DEVICE float sine(float x, Math m) { return sin(x); }
DEVICE float cosine(float x, Math m) { return cos(x); }
DEVICE float upward(float x, Math m) { return ceil(x); }
DEVICE float downward(float x, Math m) { return floor(x); }
DEVICE float nearest(float x, Math m) { return rint(x); }
DEVICE float sign_of(float x, Math m) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }
DEVICE float hyperbolic(float x, Math m) { return tanh(x); }
// e of a value that is not positive: it never overflows.
DEVICE float logistic(float x, Math m) {
  const float e = exp(-fabs(x));
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}
DEVICE float elu(float x, Math m) { return x < 0.0f ? expm1(x) : x; }
// By erfc, which keeps its digits where the function runs out to 0.
DEVICE float gelu(float x, Math m) { return 0.5f * x * erfc(x * -0.70710678f); }
DEVICE float gelu_tanh(float x, Math m) { return x * logistic(1.5957691216f * (x + 0.044715f * x * x * x), m); }
DEVICE float hard_swish(float x, Math m) { return x * clamp(x * (1.0f / 6.0f) + 0.5f, 0.0f, 1.0f); }
DEVICE float leaky(float x, Math m) { return x < 0.0f ? x * m.param : x; }

__kernel void unary(const __global REAL* input, __global REAL* output, Math math, int count) {
  const int i = get_global_id(0);
  if (i < count) store_real(FN(load_real(i, input), math), i, output);
}

#else

#ifdef WIDE
typedef long work_t;
typedef ulong bits_t;
#else
typedef int work_t;
typedef uint bits_t;
#endif

DEVICE work_t negative(work_t x, Math m) { return (work_t)((bits_t)0 - (bits_t)x); }
DEVICE work_t squared(work_t x, Math m) { return (work_t)((bits_t)x * (bits_t)x); }
DEVICE work_t sign_of(work_t x, Math m) { return (x > 0) - (x < 0); }
// Not by a choice: clang makes an instruction of it that Oclgrind does not know.
DEVICE work_t magnitude(work_t x, Math m) { return (work_t)((bits_t)x * (bits_t)sign_of(x, m)); }
DEVICE work_t logical_not(work_t x, Math m) { return x == 0; }

__kernel void unary(const __global ELEM* input, __global ELEM* output, Math math, int count) {
  const int i = get_global_id(0);
  if (i < count) output[i] = (ELEM)FN((work_t)input[i], math);
}

#endif
