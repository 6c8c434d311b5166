// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DINDEX=int
// options: -DREAL=half -DREAL_IS_HALF -DINDEX=long -DSMALLEST
// options: -DELEM=char -DINDEX=int
// options: -DELEM=uchar -DINDEX=long -DSMALLEST
// options: -DELEM=long -DINDEX=int
// The first place of the largest (SMALLEST: smallest) value along one dim of [outer, size, inner]. One work-item per place.

#ifdef REAL
#define ELEM REAL
#define LOAD(i, p) load_real(i, p)
typedef float value_t;
#else
#define LOAD(i, p) ((p)[i])
typedef ELEM value_t;
#endif

#ifdef SMALLEST
#define WINS(other, value) ((other) < (value))
#else
#define WINS(other, value) ((other) > (value))
#endif

__kernel void arg(const __global ELEM* input, __global INDEX* output, int size, int inner, int count) {
  const int i = get_global_id(0);
  if (i >= count) return;
  int at = i / inner * size * inner + i % inner, best = 0;
  value_t value = LOAD(at, input);
  for (int k = 1; k < size; ++k) {
    at += inner;
    const value_t other = LOAD(at, input);
    const bool wins = WINS(other, value);
    best = wins ? k : best;
    value = wins ? other : value;
  }
  output[i] = best;
}
