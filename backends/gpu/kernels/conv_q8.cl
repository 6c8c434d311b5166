// SPDX-License-Identifier: Apache-2.0
// options: -DQ=char -DQ_IS_SIGNED
// options: -DQ=uchar
// Convolutions of 8-bit integers as the model has them: any geometry, any groups, weights that another op may have made. A
// work-item makes one output value.

typedef struct {
  int in_zero, weight_zero, out_zero, low, high;
} quant_t;

__kernel void conv_q8(__global const Q* in, __global const Q* weights, __global const int* bias, __global const float* scales,
                      __global Q* out, conv_t s, quant_t q) {
  const size_t id = get_global_id(0), pixel = id / (size_t)s.out_c, row = pixel / (size_t)s.columns;
  if (row >= (size_t)s.batch * (size_t)s.rows) return;
  const int c = (int)(id - pixel * (size_t)s.out_c), qx = (int)(pixel - row * (size_t)s.columns);
  const int b = (int)row / s.rows, qy = (int)row - b * s.rows;
  const int left = s.origin_x + qx * s.stride_x, top = s.origin_y + qy * s.stride_y;
  uint acc = (uint)bias[c];
  for (int fy = 0; fy < s.filter_h; ++fy) {
    const int y = top + fy * s.step_y;
    if (y < 0 || y >= s.in_h) continue;
    for (int fx = 0; fx < s.filter_w; ++fx) {
      const int x = left + fx * s.step_x;
      if (x < 0 || x >= s.in_w) continue;
      __global const Q* from = in + ((b * s.in_h + y) * s.in_w + x) * s.in_c + c / s.group_out * s.group_in;
      __global const Q* w = weights + s.w_first + c * s.w_out + fy * s.w_row + fx * s.w_column;
      for (int i = 0; i < s.group_in; ++i) acc += (uint)((from[i] - q.in_zero) * (w[i] - q.weight_zero));
    }
  }
  const int y = s.first_y + qy * s.every_y, x = s.first_x + qx * s.every_x;
  out[((b * s.out_h + y) * s.out_w + x) * s.out_c + c] = (Q)requantize((int)acc, scales[c], q.out_zero, q.low, q.high);
}
