// SPDX-License-Identifier: Apache-2.0
// options: -DQ=char -DQ_IS_SIGNED -DW=char -DVECTOR=16 -DPIXELS=4
// options: -DQ=uchar -DW=short -DVECTOR=16 -DPIXELS=4
// options: -DQ=char -DQ_IS_SIGNED -DW=char -DVECTOR=8 -DPIXELS=1
// options: -DQ=uchar -DW=short -DVECTOR=4 -DPIXELS=4
// Convolutions of 8-bit integers with packed weights: a work-item makes VECTOR output channels of PIXELS pixels, one input value
// times a vector of weights at a time. Input values are taken as 0..255 (int8 with the high bit flipped): a compiler that knows that
// they are not negative may multiply 16 bits by 16. The input's zero point is folded into the bias, so a tap in the padding reads
// the zero point.

#define INTS JOIN(int, VECTOR)
#define UINTS JOIN(uint, VECTOR)
#define LOAD JOIN(vload, VECTOR)
#define STORE JOIN(vstore, VECTOR)

#ifdef Q_IS_SIGNED
#define FLIP 0x80808080u
#else
#define FLIP 0u
#endif

typedef struct {
  int in_zero, out_zero, low, high;  // in_zero: of 0..255
  int blocks, group_blocks;          // of VECTOR channels, in all and of one group
  int w_block, w_step;               // from block to block, from one input channel of a tap to the next
  int block_first;                   // neighbours are blocks, not pixels
  int quads;                         // input channels of a group that are read four at a time, in fours
} wide_t;

__kernel void conv_q8_wide(__global const Q* in, __global const W* weights, __global const int* bias, __global const float* scales,
                           __global Q* out, conv_t s, wide_t t) {
  const int pixels = s.batch * s.rows * s.columns, pixel_groups = (pixels + PIXELS - 1) / PIXELS;
  const size_t id = get_global_id(0);
  if (id >= (size_t)t.blocks * (size_t)pixel_groups) return;
  const size_t inner_count = (size_t)(t.block_first != 0 ? t.blocks : pixel_groups), outer = id / inner_count;
  const int far = (int)outer, near = (int)(id - outer * inner_count);
  const int block = t.block_first != 0 ? near : far, first = PIXELS * (t.block_first != 0 ? far : near);
  const int group = block / t.group_blocks, from = group * s.group_in;

  int top[PIXELS], left[PIXELS], image[PIXELS], to[PIXELS];
  UINTS acc[PIXELS];
#pragma unroll
  for (int p = 0; p < PIXELS; ++p) {
    const int pixel = min(first + p, pixels - 1);  // one too many makes the last once more
    const int row = pixel / s.columns, qx = pixel - row * s.columns, b = row / s.rows, qy = row - b * s.rows;
    top[p] = s.origin_y + qy * s.stride_y;
    left[p] = s.origin_x + qx * s.stride_x;
    image[p] = b * s.in_h;
    to[p] = ((b * s.out_h + s.first_y + qy * s.every_y) * s.out_w + s.first_x + qx * s.every_x) * s.out_c;
    acc[p] = JOIN(as_uint, VECTOR)(LOAD(block, bias));
  }

  __global const W* w = weights + block * t.w_block;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx) {
      int at[PIXELS];
      uint mask[PIXELS], fill[PIXELS];
#pragma unroll
      for (int p = 0; p < PIXELS; ++p) {
        const int y = top[p] + fy * s.step_y, x = left[p] + fx * s.step_x;
        const bool inside = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
        at[p] = inside ? ((image[p] + y) * s.in_w + x) * s.in_c + from : 0;
        mask[p] = inside ? 0xffffffffu : 0u;
        fill[p] = inside ? FLIP : 0x01010101u * (uint)t.in_zero;
      }
      for (int k = 0; k < t.quads; ++k) {
        uchar4 v[PIXELS];
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) v[p] = as_uchar4((((__global const uint*)in)[(at[p] >> 2) + k] & mask[p]) ^ fill[p]);
#define MULTIPLY(lane)                                                                                    \
  {                                                                                                       \
    const INTS taps = JOIN(convert_int, VECTOR)(LOAD(0, w));                                              \
    _Pragma("unroll") for (int p = 0; p < PIXELS; ++p) acc[p] += JOIN(as_uint, VECTOR)((int)v[p].lane * taps); \
    w += t.w_step;                                                                                        \
  }
        MULTIPLY(s0)
        MULTIPLY(s1)
        MULTIPLY(s2)
        MULTIPLY(s3)
#undef MULTIPLY
      }
      for (int i = 4 * t.quads; i < s.group_in; ++i, w += t.w_step) {
        const INTS taps = JOIN(convert_int, VECTOR)(LOAD(0, w));
#pragma unroll
        for (int p = 0; p < PIXELS; ++p) {
          const uint v = (((uint)(uchar)in[at[p] + i] & mask[p]) ^ fill[p]) & 255u;
          acc[p] += JOIN(as_uint, VECTOR)((int)v * taps);
        }
      }
    }
  }

  const JOIN(float, VECTOR) factors = LOAD(block, scales);
  const int inner = (block - group * t.group_blocks) * VECTOR, channel = group * s.group_out + inner;
#pragma unroll
  for (int p = 0; p < PIXELS; ++p) {
    const INTS whole = requantize_vector(VECTOR, JOIN(as_int, VECTOR)(acc[p]), factors, t.out_zero, t.low, t.high);
    const JOIN(Q, VECTOR) values = JOIN(JOIN(convert_, Q), VECTOR)(whole);
    if (inner + VECTOR <= s.group_out) {
      STORE(values, 0, out + to[p] + channel);
    } else {
      Q each[VECTOR];
      STORE(values, 0, each);
      for (int c = 0; c < s.group_out - inner; ++c) out[to[p] + channel + c] = each[c];
    }
  }
}
