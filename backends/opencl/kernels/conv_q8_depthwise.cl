// SPDX-License-Identifier: Apache-2.0
// options: -DQ=char -DQ_IS_SIGNED -DVECTOR=16 -DPIXELS=2
// options: -DQ=uchar -DVECTOR=16 -DPIXELS=2
// options: -DQ=char -DQ_IS_SIGNED -DVECTOR=4 -DPIXELS=4
// Depthwise convolutions of 8-bit integers that make one output channel of an input channel: a work-item makes VECTOR channels of
// PIXELS pixels. weights: [taps, channels], less their zero point. The input's zero point is folded into the bias.

#define INTS JOIN(int, VECTOR)
#define UINTS JOIN(uint, VECTOR)
#define BYTES JOIN(uchar, VECTOR)
#define LOAD JOIN(vload, VECTOR)
#define STORE JOIN(vstore, VECTOR)

#ifdef Q_IS_SIGNED
#define FLIP (uchar)0x80
#else
#define FLIP (uchar)0
#endif

typedef struct {
  int in_zero, out_zero, low, high;  // in_zero: of 0..255
  int blocks;                        // of VECTOR channels; the last may begin inside the one before
} depthwise_t;

__kernel void conv_q8_depthwise(__global const Q* in, __global const short* weights, __global const int* bias,
                                __global const float* scales, __global Q* out, conv_t s, depthwise_t t) {
  const int pixels = s.batch * s.rows * s.columns;
  const size_t outer = get_global_id(0) / (size_t)t.blocks, first = outer * PIXELS;
  if (first >= (size_t)pixels) return;
  const int channel = min((int)(get_global_id(0) - outer * (size_t)t.blocks) * VECTOR, s.out_c - VECTOR);

  int top[PIXELS], left[PIXELS], image[PIXELS], to[PIXELS];
  UINTS acc[PIXELS];
#pragma unroll
  for (int p = 0; p < PIXELS; ++p) {
    const int pixel = min((int)first + p, pixels - 1);  // one too many makes the last once more
    const int row = pixel / s.columns, qx = pixel - row * s.columns, b = row / s.rows, qy = row - b * s.rows;
    top[p] = s.origin_y + qy * s.stride_y;
    left[p] = s.origin_x + qx * s.stride_x;
    image[p] = b * s.in_h;
    to[p] = ((b * s.out_h + qy) * s.out_w + qx) * s.out_c + channel;
    acc[p] = JOIN(as_uint, VECTOR)(LOAD(0, bias + channel));
  }

  __global const short* w = weights + channel;
  for (int fy = 0; fy < s.filter_h; ++fy) {
    for (int fx = 0; fx < s.filter_w; ++fx, w += s.out_c) {
      const INTS taps = JOIN(convert_int, VECTOR)(LOAD(0, w));
#pragma unroll
      for (int p = 0; p < PIXELS; ++p) {
        const int y = top[p] + fy * s.step_y, x = left[p] + fx * s.step_x;
        BYTES v = (BYTES)((uchar)t.in_zero);
        if (y >= 0 && y < s.in_h && x >= 0 && x < s.in_w) {
          v = LOAD(0, (__global const uchar*)in + ((image[p] + y) * s.in_w + x) * s.in_c + channel) ^ FLIP;
        }
        acc[p] += JOIN(as_uint, VECTOR)(JOIN(convert_int, VECTOR)(v) * taps);
      }
    }
  }

  const JOIN(float, VECTOR) factors = LOAD(0, scales + channel);
#pragma unroll
  for (int p = 0; p < PIXELS; ++p) {
    const INTS whole = requantize_vector(VECTOR, JOIN(as_int, VECTOR)(acc[p]), factors, t.out_zero, t.low, t.high);
    STORE(JOIN(JOIN(convert_, Q), VECTOR)(whole), 0, out + to[p]);
  }
}
