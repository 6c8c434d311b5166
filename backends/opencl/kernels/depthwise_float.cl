// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DWIDTH=4
// options: -DREAL=float -DWIDTH=16
// options: -DREAL=half -DREAL_IS_HALF -DWIDTH=4
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DWIDTH=4
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS -DWIDTH=4
// Depthwise convolutions of floats, one output channel for each input channel: a work-item makes WIDTH channels of a pixel. Weights lie
// as the model has them: for every tap, a number for every channel.
#pragma OPENCL FP_CONTRACT ON

#ifdef HALF_MATH
#define SOME_MULS(p, count) JOIN(convert_half, WIDTH)(load_some(p, count))
#else
#define SOME_MULS(p, count) load_some(p, count)
#endif

__kernel void depthwise_float(__global const REAL* in, __global const REAL* weights, __global const REAL* bias, __global REAL* out,
                              conv_t s, float low, float high) {
  const int blocks = (s.out_c + WIDTH - 1) / WIDTH;
  const int c = (int)(get_global_id(0) % (size_t)blocks) * WIDTH, count = s.out_c - c;
  const size_t pixel = get_global_id(0) / (size_t)blocks;
  const size_t row = pixel / (size_t)s.columns;
  if (row >= (size_t)s.batch * (size_t)s.rows) return;
  const int qx = (int)(pixel % (size_t)s.columns), qy = (int)row % s.rows, b = (int)row / s.rows;
  const int left = s.origin_x + qx * s.stride_x, top = s.origin_y + qy * s.stride_y;
  const floats_t start = bias != 0 ? load_some(bias + c, count) : (floats_t)0.0f;
  sums_t sums = to_sums(start);
  for (int fy = 0; fy < s.filter_h; ++fy) {
    const int y = top + fy * s.step_y;
    if (y < 0 || y >= s.in_h) continue;
    for (int fx = 0; fx < s.filter_w; ++fx) {
      const int x = left + fx * s.step_x;
      if (x < 0 || x >= s.in_w) continue;
      __global const REAL* from = in + ((b * s.in_h + y) * s.in_w + x) * s.in_c + c;
      __global const REAL* w = weights + s.w_first + c + fy * s.w_row + fx * s.w_column;
      if (count >= WIDTH) {
        add_products(sums, load_muls(from), load_muls(w));
      } else {
        add_products(sums, SOME_MULS(from, count), SOME_MULS(w, count));
      }
    }
  }
  store_some(sums, low, high, out + ((b * s.out_h + qy) * s.out_w + qx) * s.out_c + c, count);
}
