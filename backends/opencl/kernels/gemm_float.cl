// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DROWS=4 -DWIDTH=4
// options: -DREAL=float -DROWS=6 -DWIDTH=16
// options: -DREAL=half -DREAL_IS_HALF -DROWS=4 -DWIDTH=4
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DROWS=4 -DWIDTH=4
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS -DROWS=4 -DWIDTH=4
// Products of matrices of floats, of any order in memory. places: where a's and b's matrices of each product begin.
#pragma OPENCL FP_CONTRACT ON

typedef struct {
  int batch, m, k, n;
  int a_row, a_step, b_row, b_step;  // element (row, k) of a at row * a_row + k * a_step; (k, column) of b at k * b_row + column * b_step
} matmul_t;

// One work-item: ROWS x WIDTH numbers of the product, whose sums stay in registers. A column of b is read at its own place, so b
// should run along its columns (b_step 1).
__kernel void gemm_tiles(__global const REAL* a, __global const REAL* b, __global const int* places, __global REAL* out, matmul_t s,
                         int b_at) {
  const int pieces = (s.m + ROWS - 1) / ROWS, panels = (s.n + WIDTH - 1) / WIDTH;
  const size_t id = get_global_id(0);
  const size_t batch = id / (size_t)panels / (size_t)pieces;
  if (batch >= (size_t)s.batch) return;
  const int row = (int)(id / (size_t)panels % (size_t)pieces) * ROWS, column = (int)(id % (size_t)panels) * WIDTH;
  const int count = s.n - column;
  a += places[2 * batch];
  b += b_at + places[2 * batch + 1] + column * s.b_step;
  sums_t sums[ROWS];
  int from[ROWS];
  for (int r = 0; r < ROWS; ++r) {
    sums[r] = (sums_t)0;
    from[r] = min(row + r, s.m - 1) * s.a_row;
  }
  for (int k = 0; k < s.k; ++k) {
    muls_t y;
    if (count >= WIDTH && s.b_step == 1) {
      y = load_muls(b + k * s.b_row);
    } else {
      mul_t lanes[WIDTH];
      for (int i = 0; i < WIDTH; ++i) lanes[i] = load_mul(k * s.b_row + min(i, count - 1) * s.b_step, b);
      y = JOIN(vload, WIDTH)(0, lanes);
    }
    for (int r = 0; r < ROWS; ++r) add_products(sums[r], load_mul(from[r] + k * s.a_step, a), y);
  }
  out += batch * (size_t)s.m * (size_t)s.n + column;
  for (int r = 0; r < ROWS; ++r) {
    if (row + r < s.m) store_some(sums[r], -INFINITY, INFINITY, out + (row + r) * s.n, count);
  }
}

// [rows][columns] matrices one after another, each transposed.
__kernel void transpose_matrices(__global const REAL* in, __global REAL* out, int count, int rows, int columns) {
  const size_t id = get_global_id(0);
  const size_t each = (size_t)rows * (size_t)columns;
  if (id >= (size_t)count * each) return;
  const size_t at = id % each;
  const size_t from = id - at + at % (size_t)rows * (size_t)columns + at / (size_t)rows;
  store_real(load_real(from, in), id, out);
}
