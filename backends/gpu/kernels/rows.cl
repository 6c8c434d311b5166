// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DFN=softmax -DLANES=64
// options: -DREAL=half -DREAL_IS_HALF -DFN=log_softmax -DLANES=64
// options: -DREAL=float -DFN=l2_normalize -DLANES=1
// options: -DQ=char -DQ_IS_SIGNED -DLANES=64
// options: -DQ=uchar -DLANES=64
// Functions of whole rows [rows, depth]; the output may lie over the input. A work-group of LANES work-items, a power of two, has
// one row. FN: the function of floats; 8 bit: softmax by a table of weights (runtime/kernels/softmax.h).

// Joins what the lanes hold; every lane gets the answer. `join` sees a and b.
#define JOIN_LANES(local_values, own, join)                     \
  do {                                                          \
    local_values[lane] = own;                                   \
    barrier(CLK_LOCAL_MEM_FENCE);                               \
    for (int step = LANES / 2; step > 0; step /= 2) {           \
      if (lane < step) {                                        \
        const a_t a = local_values[lane];                       \
        const a_t b = local_values[lane + step];                \
        local_values[lane] = join;                              \
      }                                                         \
      barrier(CLK_LOCAL_MEM_FENCE);                             \
    }                                                           \
    own = local_values[0];                                      \
    barrier(CLK_LOCAL_MEM_FENCE);                               \
  } while (0)

#ifdef REAL

typedef float a_t;

// weight: what an element adds to the row's sum; answer: from the element, the row's largest and its sum.
DEVICE float softmax_weight(float x, float largest, float beta) { return exp((x - largest) * beta); }
DEVICE float softmax_answer(float x, float largest, float beta, float sum) { return exp((x - largest) * beta) * (1.0f / sum); }
DEVICE float log_softmax_weight(float x, float largest, float beta) { return exp(x - largest); }
DEVICE float log_softmax_answer(float x, float largest, float beta, float sum) { return x - largest - log(sum); }
DEVICE float l2_normalize_weight(float x, float largest, float beta) { return x * x; }
DEVICE float l2_normalize_answer(float x, float largest, float beta, float sum) { return x / fmax(sqrt(sum), 1e-6f); }

__kernel GROUP_OF(LANES, 1, 1) void rows(const __global REAL* input, __global REAL* output, int depth, float beta) {
  __local float shared[LANES];
  const int lane = get_local_id(0);
  const size_t start = (size_t)get_group_id(0) * depth;
  float largest = -INFINITY, sum = 0.0f;
  for (int i = lane; i < depth; i += LANES) largest = fmax(largest, load_real(start + i, input));
  JOIN_LANES(shared, largest, fmax(a, b));
  for (int i = lane; i < depth; i += LANES) sum += JOIN(FN, _weight)(load_real(start + i, input), largest, beta);
  JOIN_LANES(shared, sum, a + b);
  for (int i = lane; i < depth; i += LANES) {
    store_real(JOIN(FN, _answer)(load_real(start + i, input), largest, beta, sum), start + i, output);
  }
}

#else

typedef ulong a_t;

__kernel GROUP_OF(LANES, 1, 1) void rows(const __global Q* input, __global Q* output, const __global uint* table, int depth,
                                         int lowest) {
  __local ulong shared[LANES];
  const int lane = get_local_id(0);
  const size_t start = (size_t)get_group_id(0) * depth;
  ulong largest = 0, total = 0;  // the largest value above the dtype's lowest
  for (int i = lane; i < depth; i += LANES) largest = max(largest, (ulong)(input[start + i] - lowest));
  JOIN_LANES(shared, largest, max(a, b));
  const int top = (int)largest + lowest;
  for (int i = lane; i < depth; i += LANES) total += table[top - input[start + i]];
  JOIN_LANES(shared, total, a + b);
  int shift = 0;
  while ((total >> shift) >= (1UL << 23)) ++shift;
  const uint sum = (uint)(total >> shift);
  const int table_shift = min(shift, 31);
  for (int i = lane; i < depth; i += LANES) {
    const uint q = (((table[top - input[start + i]] >> table_shift) << 8) + sum / 2) / sum;
    output[start + i] = (Q)((int)min(q, 255u) + lowest);
  }
}

#endif
