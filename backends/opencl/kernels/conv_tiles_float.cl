// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DROWS=4 -DWIDTH=4
// options: -DREAL=float -DROWS=6 -DWIDTH=16 -DROWS_FIRST
// options: -DREAL=half -DREAL_IS_HALF -DROWS=4 -DWIDTH=4
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DROWS=4 -DWIDTH=8
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS -DROWS=4 -DWIDTH=4
// Convolutions of floats as implicit products of matrices: a work-item makes ROWS output pixels of WIDTH channels, whose sums stay in
// registers. Weights come packed: for every group and block of WIDTH output channels, every tap and input channel, WIDTH numbers,
// zeros where there is no channel. ROWS_FIRST: neighbours share weights (their panel stays in a CPU's cache), not pixels.
#pragma OPENCL FP_CONTRACT ON

typedef struct {
  int in_at, out_at;   // elements in front of input and output
  int groups, blocks;  // blocks of channels of a group
  float low, high;
} tiles_t;

// Where the window of each row begins; rows beyond the last one are like the last.
typedef struct {
  int image, top, left;
} window_t;

window_t window_of(const conv_t* s, int pixel) {
  window_t w;
  const int row = pixel / s->columns;
  w.image = row / s->rows * s->in_h;
  w.top = s->origin_y + row % s->rows * s->stride_y;
  w.left = s->origin_x + pixel % s->columns * s->stride_x;
  return w;
}

// The place of an output pixel among all.
int output_of(const conv_t* s, int pixel) {
  const int row = pixel / s->columns;
  const int y = s->first_y + row % s->rows * s->every_y, x = s->first_x + pixel % s->columns * s->every_x;
  return (row / s->rows * s->out_h + y) * s->out_w + x;
}

__kernel void conv_tiles_float(__global const REAL* in, __global const REAL* weights, __global const REAL* bias, __global REAL* out,
                               conv_t s, tiles_t t) {
  const int pixels = s.batch * s.rows * s.columns;
  const int pieces = (pixels + ROWS - 1) / ROWS, panels = t.groups * t.blocks;
  const size_t id = get_global_id(0);
  if (id >= (size_t)pieces * (size_t)panels) return;
#ifdef ROWS_FIRST
  const int piece = (int)(id % (size_t)pieces), panel = (int)(id / (size_t)pieces);
#else
  const int piece = (int)(id / (size_t)panels), panel = (int)(id % (size_t)panels);
#endif
  const int group = panel / t.blocks, first = panel % t.blocks * WIDTH, count = s.group_out - first;
  const int channel = group * s.group_out + first;

  window_t window[ROWS];
  sums_t sums[ROWS];
  const floats_t start = bias != 0 ? load_some(bias + channel, count) : (floats_t)0.0f;
  for (int r = 0; r < ROWS; ++r) {
    window[r] = window_of(&s, min(piece * ROWS + r, pixels - 1));
    sums[r] = to_sums(start);
  }
  __global const REAL* w = weights + panel * s.filter_h * s.filter_w * s.group_in * WIDTH;
  in += t.in_at + group * s.group_in;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx, w += s.group_in * WIDTH) {
      int from[ROWS], there[ROWS], any = 0;
      for (int r = 0; r < ROWS; ++r) {
        const int y = window[r].top + fy * s.step_y, x = window[r].left + fx * s.step_x;
        there[r] = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
        from[r] = there[r] ? ((window[r].image + y) * s.in_w + x) * s.in_c : 0;
        any |= there[r];
      }
      if (!any) continue;
      for (int i = 0; i < s.group_in; ++i) {
        const muls_t weight = load_muls(w + i * WIDTH);
        for (int r = 0; r < ROWS; ++r) {
          const mul_t value = load_mul(from[r] + i, in);
          add_products(sums[r], there[r] ? value : (mul_t)0, weight);
        }
      }
    }
  }
  for (int r = 0; r < ROWS; ++r) {
    const int pixel = piece * ROWS + r;
    if (pixel < pixels) store_some(sums[r], t.low, t.high, out + t.out_at + output_of(&s, pixel) * s.out_c + channel, count);
  }
}
