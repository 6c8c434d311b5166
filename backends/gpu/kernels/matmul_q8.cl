// SPDX-License-Identifier: Apache-2.0
// options: -DQ=char -DQ_IS_SIGNED
// options: -DQ=uchar
// Products of matrices of 8-bit integers, of any order in memory. places: where a's and b's matrices of each product begin.

typedef struct {
  int batch, m, k, n;
  int a_row, a_step, b_row, b_step;
} matmul_t;

typedef struct {
  int a_zero, b_zero, out_zero, low, high;
  float scale;
} quant_t;

__kernel void matmul_q8(__global const Q* a, __global const Q* b, __global const int* places, __global Q* out, matmul_t s, quant_t q) {
  const size_t id = get_global_id(0);
  const size_t row = id / (size_t)s.n, batch = row / (size_t)s.m;
  if (batch >= (size_t)s.batch) return;
  __global const Q* x = a + places[2 * batch] + (int)(row - batch * (size_t)s.m) * s.a_row;
  __global const Q* y = b + places[2 * batch + 1] + (int)(id - row * (size_t)s.n) * s.b_step;
  uint acc = 0;
  for (int k = 0; k < s.k; ++k) acc += (uint)((x[k * s.a_step] - q.a_zero) * (y[k * s.b_row] - q.b_zero));
  out[id] = (Q)requantize((int)acc, q.scale, q.out_zero, q.low, q.high);
}
