// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DFN=sum
// options: -DREAL=half -DREAL_IS_HALF -DFN=power
// options: -DREAL=float -DFN=is_less -DTO_BOOL
// options: -DELEM=int -DFN=product
// options: -DELEM=long -DWIDE -DFN=squared_difference
// options: -DELEM=char -DFN=sum_quantized
// options: -DELEM=short -DFN=sum_quantized_wide
// options: -DELEM=uchar -DFN=is_equal -DTO_BOOL -DQUANTIZED
// options: -DELEM=uchar -DBOOLS -DFN=both
// Functions of two tensors that broadcast. One work-item gives one element of the output, which may lie over an operand of as
// many elements.
// FN: the function. REAL or ELEM: what the operands are; WIDE: integers of 64 bits. TO_BOOL: the answer is 0 or 1.
// BOOLS: any byte but 0 is true. QUANTIZED: comparisons of real values, in steps of 1/256 (docs/numerics.md).

typedef struct {
  int rank;        // at least 1
  int dims[8];     // of the output, neighbours merged
  int a_stride[8];
  int b_stride[8];
} Broadcast;

typedef struct {
  int a_factor, b_factor, a_zero, b_zero, zero, a_shift, b_shift, a_left, b_left;
  int bounds;     // integers: 1 low counts, 2 high counts
  int low, high;  // of a stored value
  float scale, second_scale, least, most;
} Math;

#ifdef REAL
#define ELEM REAL
typedef float work_t;
#define LOAD(i, p) load_real(i, p)
#define STORE(v, i, p) store_real(v, i, p)
#else
#ifdef WIDE
typedef long work_t;
typedef ulong bits_t;
#else
typedef int work_t;
typedef uint bits_t;
#endif
#ifdef BOOLS
#define LOAD(i, p) ((p)[i] != 0)
#else
#define LOAD(i, p) ((work_t)(p)[i])
#endif
#define STORE(v, i, p) ((p)[i] = (ELEM)(v))
#endif

#ifdef TO_BOOL
typedef uchar out_t;
#undef STORE
#define STORE(v, i, p) ((p)[i] = (uchar)(v))
#else
typedef ELEM out_t;
#endif

// ---- functions by name

DEVICE work_t larger(work_t x, work_t y, Math m) { return x > y ? x : y; }
DEVICE work_t smaller(work_t x, work_t y, Math m) { return x < y ? x : y; }

#ifdef REAL

DEVICE float bounded(float v, Math m) {
  v = v < m.least ? m.least : v;
  return v > m.most ? m.most : v;
}
DEVICE float sum(float x, float y, Math m) { return bounded(x + y, m); }
DEVICE float difference(float x, float y, Math m) { return bounded(x - y, m); }
DEVICE float product(float x, float y, Math m) { return bounded(x * y, m); }
DEVICE float quotient(float x, float y, Math m) { return bounded(x / y, m); }
DEVICE float squared_difference(float x, float y, Math m) { return (x - y) * (x - y); }
DEVICE float power(float x, float y, Math m) { return y == 2.0f ? x * x : y == 3.0f ? x * x * x : pow(x, y); }
DEVICE float angle(float x, float y, Math m) { return atan2(x, y); }
DEVICE float prelu(float x, float y, Math m) { return x >= 0.0f ? x : x * y; }

// Devices may round a division a little wrong; one step by the remainder mends it, so that exact quotients stay whole.
DEVICE float floor_quotient(float x, float y, Math m) {
  const float q = x / y;
  const float mended = fma(fma(-q, y, x), 1.0f / y, q);
  return floor(isfinite(mended) && isfinite(y) ? mended : q);
}
DEVICE float floor_rest(float x, float y, Math m) {
  const float r = fmod(x, y);
  return r != 0.0f && (r < 0.0f) != (y < 0.0f) ? r + y : r;
}

#else

// Wraps around in the stored type, then clamps.
DEVICE work_t bounded(bits_t bits, Math m) {
  const work_t v = (work_t)(ELEM)bits;
  const work_t low = (m.bounds & 1) != 0 && v < m.low ? m.low : v;
  return (m.bounds & 2) != 0 && low > m.high ? m.high : low;
}
DEVICE work_t sum(work_t x, work_t y, Math m) { return bounded((bits_t)x + (bits_t)y, m); }
DEVICE work_t difference(work_t x, work_t y, Math m) { return bounded((bits_t)x - (bits_t)y, m); }
DEVICE work_t product(work_t x, work_t y, Math m) { return bounded((bits_t)x * (bits_t)y, m); }
DEVICE work_t squared_difference(work_t x, work_t y, Math m) {
  const bits_t d = (bits_t)x - (bits_t)y;
  return bounded(d * d, m);
}
DEVICE work_t both(work_t x, work_t y, Math m) { return x & y; }
DEVICE work_t either(work_t x, work_t y, Math m) { return x | y; }
DEVICE work_t bits_differ(work_t x, work_t y, Math m) { return x ^ y; }

DEVICE work_t shifted_right(work_t x, work_t y, Math m) {
  return (work_t)((ELEM)x >> clamp((ELEM)y, (ELEM)0, (ELEM)(sizeof(ELEM) * 8 - 1)));
}

// 8-bit sums with a shift of 1 .. 30 fit into 32 bits.
DEVICE int sum_quantized(int x, int y, Math m) {
  const int acc = (x - m.a_zero) * m.a_factor + (y - m.b_zero) * m.b_factor;
  return clamp((acc + (1 << (m.a_shift - 1))) >> m.a_shift, m.low - m.zero, m.high - m.zero) + m.zero;
}
DEVICE int sum_quantized_wide(int x, int y, Math m) {
  const long acc = (long)(x - m.a_zero) * m.a_factor + (long)(y - m.b_zero) * m.b_factor;
  const int right = max(m.a_shift, 0);
  const long half_step = right > 0 ? 1L << (right - 1) : 0L;
  const long v = (acc * (1L << max(-m.a_shift, 0)) + half_step) >> right;
  return (int)clamp(v, (long)(m.low - m.zero), (long)(m.high - m.zero)) + m.zero;
}
DEVICE int product_quantized(int x, int y, Math m) {
  return requantize((x - m.a_zero) * (y - m.b_zero), m.scale, m.zero, m.low, m.high);
}
DEVICE int squared_difference_quantized(int x, int y, Math m) {
  const int u = ((x - m.a_zero) * m.a_factor + (1 << 14)) >> 15;
  const int v = ((y - m.b_zero) * m.b_factor + (1 << 14)) >> 15;
  return requantize((u - v) * (u - v), m.scale, m.zero, m.low, m.high);
}
DEVICE int prelu_quantized(int x, int y, Math m) {
  const int d = x - m.a_zero;
  return requantize(d >= 0 ? d : d * (y - m.b_zero), d >= 0 ? m.scale : m.second_scale, m.zero, m.low, m.high);
}

#endif

#ifdef QUANTIZED
DEVICE int real_steps(int q, int factor, int left, int zero, int shift) {
  const long h = ((long)(q - zero) * ((long)factor << left) + (1L << 30)) >> 31;
  const long mask = (1L << shift) - 1;
  return (int)((h >> shift) + ((h & mask) > (mask >> 1) + (h < 0 ? 1 : 0) ? 1 : 0));
}
#define LEFT real_steps(x, m.a_factor, m.a_left, m.a_zero, m.a_shift)
#define RIGHT real_steps(y, m.b_factor, m.b_left, m.b_zero, m.b_shift)
#else
#define LEFT x
#define RIGHT y
#endif
DEVICE int is_equal(work_t x, work_t y, Math m) { return LEFT == RIGHT; }
DEVICE int is_not_equal(work_t x, work_t y, Math m) { return LEFT != RIGHT; }
DEVICE int is_less(work_t x, work_t y, Math m) { return LEFT < RIGHT; }
DEVICE int is_less_equal(work_t x, work_t y, Math m) { return LEFT <= RIGHT; }
DEVICE int is_greater(work_t x, work_t y, Math m) { return LEFT > RIGHT; }
DEVICE int is_greater_equal(work_t x, work_t y, Math m) { return LEFT >= RIGHT; }

__kernel void pair(const __global ELEM* a, const __global ELEM* b, __global out_t* output, INDEXED Broadcast plan, Math math, int count) {
  const int i = get_global_id(0);
  if (i >= count) return;
  int rest = i, a_at = 0, b_at = 0;
  ROLLED for (int d = plan.rank - 1; d > 0; --d) {
    const int next = rest / plan.dims[d], at = rest - next * plan.dims[d];
    a_at += at * plan.a_stride[d];
    b_at += at * plan.b_stride[d];
    rest = next;
  }
  a_at += rest * plan.a_stride[0];
  b_at += rest * plan.b_stride[0];
  STORE(FN(LOAD(a_at, a), LOAD(b_at, b), math), i, output);
}
