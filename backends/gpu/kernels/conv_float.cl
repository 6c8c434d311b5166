// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float
// options: -DREAL=half -DREAL_IS_HALF
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS
// Convolutions of floats as the model has them: any geometry, any groups, weights that another op may have made. A work-item makes
// one output value. bias may be NULL.
#ifndef INLAY_DIALECT
#pragma OPENCL FP_CONTRACT ON
#endif

__kernel void conv_float(__global const REAL* in, __global const REAL* weights, __global const REAL* bias, __global REAL* out, conv_t s,
                         float low, float high) {
  const int c = (int)(get_global_id(0) % (size_t)s.out_c);
  const size_t pixel = get_global_id(0) / (size_t)s.out_c;
  const size_t row = pixel / (size_t)s.columns;
  if (row >= (size_t)s.batch * (size_t)s.rows) return;
  const int qx = (int)(pixel % (size_t)s.columns), qy = (int)row % s.rows, b = (int)row / s.rows;
  const int left = s.origin_x + qx * s.stride_x, top = s.origin_y + qy * s.stride_y;
  sum_t sum = bias != 0 ? load_real(c, bias) : 0;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    const int y = top + fy * s.step_y;
    if (y < 0 || y >= s.in_h) continue;
    for (int fx = 0; fx < s.filter_w; ++fx) {
      const int x = left + fx * s.step_x;
      if (x < 0 || x >= s.in_w) continue;
      __global const REAL* from = in + ((b * s.in_h + y) * s.in_w + x) * s.in_c + c / s.group_out * s.group_in;
      __global const REAL* w = weights + s.w_first + c * s.w_out + fy * s.w_row + fx * s.w_column;
      for (int i = 0; i < s.group_in; ++i) add_product(sum, load_mul(i, from), load_mul(i, w));
    }
  }
  const int y = s.first_y + qy * s.every_y, x = s.first_x + qx * s.every_x;
  store_real(clamp_real(sum, low, high), ((b * s.out_h + y) * s.out_w + x) * s.out_c + c, out);
}

// What a product of matrices lacks to be a convolution, in place.
__kernel void add_bias(__global const REAL* bias, __global REAL* out, int count, int channels, float low, float high) {
  const int i = (int)get_global_id(0);
  if (i >= count) return;
  const float start = bias != 0 ? (float)load_real(i % channels, bias) : 0.0f;
  store_real(clamp_real((float)load_real(i, out) + start, low, high), i, out);
}
