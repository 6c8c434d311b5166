// SPDX-License-Identifier: Apache-2.0
// options: -DQ=char -DQ_IS_SIGNED
// options: -DQ=uchar
// options: -DQ=char -DQ_IS_SIGNED -DDOT8
// options: -DQ=uchar -DDOT8
// Convolutions of 8-bit integers, four input channels to a 4-byte word: a work-item makes 4 output channels of 4 pixels, a dot product
// of two words at a time. Values are taken as -128..127 (uint8 with the high bit flipped). Weights: [taps, words of input channels,
// output channels, 4]. The input's zero point is folded into the bias, so a tap in the padding reads the zero point.
// DOT8: the device has cl_khr_integer_dot_product.

#ifdef Q_IS_SIGNED
#define FLIP 0u
#else
#define FLIP 0x80808080u
#endif

#ifdef DOT8
#ifndef __opencl_c_integer_dot_product_input_4x8bit_packed
// Compilers like clang 14 declare the extension's functions from OpenCL C 3.0 on, but know them.
int __attribute__((overloadable)) dot_4x8packed_ss_int(uint a, uint b);
#endif
#define dot4(a, b) dot_4x8packed_ss_int(a, b)
#else
int dot4(uint a, uint b) {
  const int4 v = convert_int4(as_char4(a)) * convert_int4(as_char4(b));
  return v.s0 + v.s1 + v.s2 + v.s3;
}
#endif

typedef struct {
  int in_zero, out_zero, low, high;  // in_zero: of -128..127
  int channels;                      // output channels, a multiple of 4 for every group
  int group_channels;                // of a group
  int quads;                         // words of input channels of a group
} dot_t;

__kernel void conv_q8_dot(__global const uint* in, __global const uint* weights, __global const int* bias, __global const float* scales,
                          __global Q* out, conv_t s, dot_t t) {
  const int pixels = s.batch * s.rows * s.columns;
  const size_t blocks = (size_t)t.channels / 4, quad = get_global_id(0) / blocks, first = quad * 4;
  if (first >= (size_t)pixels) return;
  const int packed = (int)(get_global_id(0) - quad * blocks) * 4, group = packed / t.group_channels, inner = packed - group * t.group_channels;

  int top[4], left[4], image[4], to[4];
  uint4 acc[4];
#pragma unroll
  for (int p = 0; p < 4; ++p) {
    const int pixel = min((int)first + p, pixels - 1);  // one too many makes the last once more
    const int row = pixel / s.columns, qx = pixel - row * s.columns, b = row / s.rows, qy = row - b * s.rows;
    top[p] = s.origin_y + qy * s.stride_y;
    left[p] = s.origin_x + qx * s.stride_x;
    image[p] = b * s.in_h;
    to[p] = ((b * s.out_h + s.first_y + qy * s.every_y) * s.out_w + s.first_x + qx * s.every_x) * s.out_c;
    acc[p] = as_uint4(vload4(0, bias + packed));
  }

  __global const uint* w = weights + packed;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx) {
      int at[4];
      uint mask[4], fill[4];
#pragma unroll
      for (int p = 0; p < 4; ++p) {
        const int y = top[p] + fy * s.step_y, x = left[p] + fx * s.step_x;
        const bool inside = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
        at[p] = inside ? (((image[p] + y) * s.in_w + x) * s.in_c + group * s.group_in) >> 2 : 0;
        mask[p] = inside ? 0xffffffffu : 0u;
        fill[p] = inside ? FLIP : 0x01010101u * (uint)(uchar)t.in_zero;
      }
      for (int k = 0; k < t.quads; ++k, w += t.channels) {
        const uint4 taps = vload4(0, w);
#pragma unroll
        for (int p = 0; p < 4; ++p) {
          const uint v = (in[at[p] + k] & mask[p]) ^ fill[p];
          acc[p] += as_uint4((int4)(dot4(v, taps.s0), dot4(v, taps.s1), dot4(v, taps.s2), dot4(v, taps.s3)));
        }
      }
    }
  }

  const float4 factors = vload4(0, scales + packed);
#pragma unroll
  for (int p = 0; p < 4; ++p) {
    const int4 v = requantize_vector(4, as_int4(acc[p]), factors, t.out_zero, t.low, t.high);
    __global Q* o = out + to[p] + group * s.group_out + inner;
    const int count = s.group_out - inner;
    o[0] = (Q)v.s0;
    if (count > 1) o[1] = (Q)v.s1;
    if (count > 2) o[2] = (Q)v.s2;
    if (count > 3) o[3] = (Q)v.s3;
  }
}
