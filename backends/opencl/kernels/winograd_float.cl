// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DTILE=2
// options: -DREAL=float -DTILE=4
// options: -DREAL=half -DREAL_IS_HALF -DTILE=2
// options: -DREAL=half -DREAL_IS_HALF -DHALF_MATH -DHALF_SUMS -DTILE=2
// The two ends of F(TILE x TILE, 3 x 3) for 3x3 filters of stride 1: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks,
// 2015, equation 8. Between them, conv_tiles_float multiplies PLACES = (TILE + 2)^2 groups. Between the kernels lie floats of 32 bits,
// also where tensors are halves: points of a tile first, then channels.
#pragma OPENCL FP_CONTRACT ON
#define EDGE (TILE + 2)
#define PLACES (EDGE * EDGE)

// B^T times EDGE values that lie `step` apart, in place.
void transform_in(float* d, int step) {
#if TILE == 2
  const float d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step];
  d[0] = d0 - d2;
  d[step] = d1 + d2;
  d[2 * step] = d2 - d1;
  d[3 * step] = d1 - d3;
#else
  const float d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
  const float even = d4 - 4.0f * d2, odd = d3 - 4.0f * d1, near = d4 - d2, twice = 2.0f * (d3 - d1);
  d[0] = 4.0f * (d0 - d2) + d4 - d2;
  d[step] = even + odd;
  d[2 * step] = even - odd;
  d[3 * step] = near + twice;
  d[4 * step] = near - twice;
  d[5 * step] = 4.0f * (d1 - d3) + d5 - d3;
#endif
}

// A^T times EDGE values; the first TILE hold the answer.
void transform_out(float* m, int step) {
#if TILE == 2
  const float m0 = m[0], m1 = m[step], m2 = m[2 * step], m3 = m[3 * step];
  m[0] = m0 + m1 + m2;
  m[step] = m1 - m2 - m3;
#else
  const float m0 = m[0], m5 = m[5 * step];
  const float sum = m[step] + m[2 * step], difference = m[step] - m[2 * step];
  const float far = m[3 * step] + m[4 * step], wide = m[3 * step] - m[4 * step];
  m[0] = m0 + sum + far;
  m[step] = difference + 2.0f * wide;
  m[2 * step] = sum + 4.0f * far;
  m[3 * step] = difference + 8.0f * wide + m5;
#endif
}

// One work-item: one channel of one tile. `middle` is [tiles][PLACES][in_c].
__kernel void winograd_in(__global const REAL* in, __global float* middle, conv_t s) {
  const int across = (s.columns + TILE - 1) / TILE, down = (s.rows + TILE - 1) / TILE;
  const int c = (int)(get_global_id(0) % (size_t)s.in_c);
  const size_t tile = get_global_id(0) / (size_t)s.in_c;
  if (tile >= (size_t)s.batch * (size_t)(across * down)) return;
  const int row = (int)tile / across;
  const int left = s.origin_x + (int)tile % across * TILE, top = s.origin_y + row % down * TILE;
  __global const REAL* image = in + row / down * s.in_h * s.in_w * s.in_c + c;
  float d[PLACES];
  for (int i = 0; i < PLACES; ++i) {
    const int y = top + i / EDGE, x = left + i % EDGE;
    d[i] = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w ? (float)load_real((y * s.in_w + x) * s.in_c, image) : 0.0f;
  }
  for (int i = 0; i < EDGE; ++i) transform_in(d + i, EDGE);
  for (int i = 0; i < EDGE; ++i) transform_in(d + i * EDGE, 1);
  middle += (int)tile * PLACES * s.in_c + c;
  for (int i = 0; i < PLACES; ++i) middle[i * s.in_c] = d[i];
}

// One work-item: one channel of the TILE x TILE output pixels of a tile. `middle` is [tiles][PLACES][out_c], from `at` on.
__kernel void winograd_out(__global const float* middle, __global const REAL* bias, __global REAL* out, conv_t s, int at, float low,
                           float high) {
  const int across = (s.columns + TILE - 1) / TILE, down = (s.rows + TILE - 1) / TILE;
  const int c = (int)(get_global_id(0) % (size_t)s.out_c);
  const size_t tile = get_global_id(0) / (size_t)s.out_c;
  if (tile >= (size_t)s.batch * (size_t)(across * down)) return;
  middle += at + (int)tile * PLACES * s.out_c + c;
  float m[PLACES];
  for (int i = 0; i < PLACES; ++i) m[i] = middle[i * s.out_c];
  for (int i = 0; i < EDGE; ++i) transform_out(m + i, EDGE);
  for (int i = 0; i < TILE; ++i) transform_out(m + i * EDGE, 1);
  const int row = (int)tile / across;
  const int left = (int)tile % across * TILE, top = row % down * TILE;
  const float start = bias != 0 ? (float)load_real(c, bias) : 0.0f;
  for (int i = 0; i < TILE * TILE; ++i) {
    const int y = top + i / TILE, x = left + i % TILE;
    if (y >= s.rows || x >= s.columns) continue;
    const float v = clamp_real(m[i / TILE * EDGE + i % TILE] + start, low, high);
    store_real(v, ((row / down * s.out_h + y) * s.out_w + x) * s.out_c + c, out);
  }
}
