// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DFOLD=add -DFINISH=divided -DLANES=64
// options: -DREAL=half -DREAL_IS_HALF -DFOLD=larger -DFINISH=stored -DLANES=1
// options: -DELEM=char -DFOLD=add -DFINISH=requantized_stored -DLANES=1
// options: -DELEM=short -DWIDE -DFOLD=add -DFINISH=requantized_wide -DLANES=64
// options: -DELEM=int -DWIDE -DFOLD=multiply -DFINISH=stored -DLANES=1
// options: -DELEM=uchar -DBOOLS -DFOLD=both -DFINISH=stored -DLANES=64
// Reductions over any set of dims. LANES 1: a work-item for each result; else a work-group of LANES, a power of two, for each.
// FOLD: how two values become one; FINISH: what is stored. REAL or ELEM: what lies in memory; WIDE: integers of 64 bits inside.
// BOOLS: any byte but 0 is true. Nothing is empty.

typedef struct {
  int rank;
  int dims[8];
  int strides[8];  // in elements of the input
  int count;       // product of dims
} Loops;

typedef struct {
  float scale;
  int in_zero, zero, low, high;
} Math;

#ifdef REAL
#define ELEM REAL
#define LOAD(i, p) load_real(i, p)
#define STORE(v, i, p) store_real(v, i, p)
typedef float acc_t;
#else
#ifdef WIDE
typedef long acc_t;
typedef ulong bits_t;
#else
typedef int acc_t;
typedef uint bits_t;
#endif
#ifdef BOOLS
#define LOAD(i, p) ((p)[i] != 0)
#else
#define LOAD(i, p) ((acc_t)(p)[i] - math.in_zero)
#endif
#define STORE(v, i, p) ((p)[i] = (ELEM)(v))
#endif

DEVICE acc_t larger(acc_t a, acc_t b) { return b > a ? b : a; }
DEVICE acc_t smaller(acc_t a, acc_t b) { return b < a ? b : a; }
DEVICE acc_t stored(acc_t v, Math m, int count) { return v; }

#ifdef REAL
#define larger_start (-INFINITY)
#define smaller_start INFINITY
DEVICE acc_t add(acc_t a, acc_t b) { return a + b; }
DEVICE acc_t multiply(acc_t a, acc_t b) { return a * b; }
DEVICE acc_t divided(acc_t v, Math m, int count) { return v / (float)count; }
#else
#ifdef WIDE
#define larger_start LONG_MIN
#define smaller_start LONG_MAX
#else
#define larger_start INT_MIN
#define smaller_start INT_MAX
#endif
#define both_start 1
#define either_start 0
DEVICE acc_t add(acc_t a, acc_t b) { return (acc_t)((bits_t)a + (bits_t)b); }
DEVICE acc_t multiply(acc_t a, acc_t b) { return (acc_t)((bits_t)a * (bits_t)b); }
DEVICE acc_t both(acc_t a, acc_t b) { return a & b; }
DEVICE acc_t either(acc_t a, acc_t b) { return a | b; }
DEVICE acc_t divided(acc_t v, Math m, int count) { return v / count; }
// The zero point comes before the rounding.
DEVICE acc_t requantized_stored(acc_t v, Math m, int count) {
  const float scaled = convert_float_rte(v) * m.scale;
  return convert_int_rte(clamp(scaled + (float)m.zero, (float)m.low, (float)m.high));
}
DEVICE acc_t requantized_wide(acc_t v, Math m, int count) {
  const float scaled = convert_float_rte(v) * m.scale;
  return convert_int_rte(clamp(scaled, (float)(m.low - m.zero), (float)(m.high - m.zero))) + m.zero;
}
#endif
#define add_start 0
#define multiply_start 1

#define START JOIN(FOLD, _start)

DEVICE int offset_of(const Loops* loops, int index) {
  int offset = 0;
  ROLLED for (int d = loops->rank - 1; d >= 0; --d) {
    const int next = index / loops->dims[d];
    offset += (index - next * loops->dims[d]) * loops->strides[d];
    index = next;
  }
  return offset;
}

__kernel void reduce(const __global ELEM* input, __global ELEM* output, INDEXED Loops kept, INDEXED Loops reduced, Math math) {
#if LANES == 1
  const int result = get_global_id(0), lane = 0;
  if (result >= kept.count) return;
#else
  __local acc_t shared[LANES];
  const int result = get_group_id(0), lane = get_local_id(0);
#endif
  const int base = offset_of(&kept, result);
  acc_t acc = START;
  for (int r = lane; r < reduced.count; r += LANES) acc = FOLD(acc, LOAD(base + offset_of(&reduced, r), input));
#if LANES != 1
  shared[lane] = acc;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int step = LANES / 2; step > 0; step /= 2) {
    if (lane < step) shared[lane] = FOLD(shared[lane], shared[lane + step]);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  acc = shared[0];
#endif
  if (lane == 0) STORE(FINISH(acc, math, reduced.count), result, output);
}
