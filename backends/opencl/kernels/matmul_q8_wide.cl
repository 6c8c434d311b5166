// SPDX-License-Identifier: Apache-2.0
// options: -DQ=char -DQ_IS_SIGNED
// options: -DQ=uchar
// Products of matrices of 8-bit integers: a work-item makes 8 columns of 4 rows. b's rows lie as they are named, so that 8 columns
// are one vector; a may be transposed. places: where a's and b's matrices of each product begin.

typedef struct {
  int batch, m, k, n;
  int a_row, a_step, b_row, b_step;
} matmul_t;

typedef struct {
  int a_zero, b_zero, out_zero, low, high;
  float scale;
} quant_t;

__kernel void matmul_q8_wide(__global const Q* a, __global const Q* b, __global const int* places, __global Q* out, matmul_t s, quant_t q) {
  const size_t blocks = (size_t)((s.n + 7) / 8), bands = (size_t)((s.m + 3) / 4), id = get_global_id(0);
  const size_t band = id / blocks, batch = band / bands;
  if (batch >= (size_t)s.batch) return;
  // The last columns and rows begin inside those before: they are made twice. n is at least 8.
  const int column = min((int)(id - band * blocks) * 8, s.n - 8), row = (int)(band - batch * bands) * 4;
  __global const Q* y = b + places[2 * batch + 1] + column;
  int at[4];
  uint8 acc[4];
#pragma unroll
  for (int r = 0; r < 4; ++r) {
    at[r] = places[2 * batch] + min(row + r, s.m - 1) * s.a_row;
    acc[r] = (uint8)0;
  }
  for (int k = 0; k < s.k; ++k) {
    const int8 v = convert_int8(vload8(0, y + k * s.b_row)) - q.b_zero;
#pragma unroll
    for (int r = 0; r < 4; ++r) acc[r] += as_uint8((a[at[r] + k * s.a_step] - q.a_zero) * v);
  }
#pragma unroll
  for (int r = 0; r < 4; ++r) {
    const int8 v = requantize_vector(8, as_int8(acc[r]), q.scale, q.out_zero, q.low, q.high);
    const size_t to = (batch * (size_t)s.m + (size_t)min(row + r, s.m - 1)) * (size_t)s.n + (size_t)column;
    vstore8(JOIN(JOIN(convert_, Q), 8)(v), 0, out + to);
  }
}
