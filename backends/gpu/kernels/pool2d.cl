// SPDX-License-Identifier: Apache-2.0
// options: -DREAL=float -DFN=mean
// options: -DREAL=half -DREAL_IS_HALF -DFN=largest
// options: -DELEM=char -DFN=mean
// options: -DELEM=uchar -DFN=largest
// options: -DELEM=short -DWIDE -DFN=mean
// options: -DREAL=float -DFN=root_mean_square
// Windows of NHWC images, one work-item per output value. FN: what a window gives; REAL or ELEM: what lies in memory; WIDE: sums
// of 64 bits. Padding does not count; every window covers at least one pixel.

typedef struct {
  int batch, in_h, in_w, channels, out_h, out_w, filter_h, filter_w, stride_h, stride_w, pad_top, pad_left;
} Shape;

#ifdef REAL
#define ELEM REAL
#define LOAD(i, p) load_real(i, p)
#define STORE(v, i, p) store_real(v, i, p)
typedef float acc_t;
typedef float bound_t;
#define LOWEST (-INFINITY)
#else
#ifdef WIDE
typedef long acc_t;
#else
typedef int acc_t;
#endif
typedef int bound_t;
#define LOAD(i, p) ((acc_t)(p)[i])
#define STORE(v, i, p) ((p)[i] = (ELEM)(v))
#define LOWEST (-(1 << 30))
#endif

#define START JOIN(FN, _start)
#define STEP JOIN(FN, _step)
#define END JOIN(FN, _end)

#define mean_start 0
#define largest_start LOWEST
DEVICE acc_t mean_step(acc_t acc, acc_t v) { return acc + v; }
DEVICE acc_t largest_step(acc_t acc, acc_t v) { return v > acc ? v : acc; }
DEVICE acc_t largest_end(acc_t acc, int count) { return acc; }
#ifdef REAL
#define root_mean_square_start 0
DEVICE acc_t mean_end(acc_t acc, int count) { return acc / (float)count; }
DEVICE acc_t root_mean_square_step(acc_t acc, acc_t v) { return acc + v * v; }
DEVICE acc_t root_mean_square_end(acc_t acc, int count) { return sqrt(acc / (float)count); }
#else
// Half away from zero.
DEVICE acc_t mean_end(acc_t acc, int count) { return (acc >= 0 ? acc + count / 2 : acc - count / 2) / count; }
#endif

__kernel void pool2d(const __global ELEM* input, __global ELEM* output, Shape s, bound_t low, bound_t high, int count) {
  const int i = get_global_id(0);
  if (i >= count) return;
  const int c = i % s.channels, pixel = i / s.channels;
  const int ox = pixel % s.out_w, row = pixel / s.out_w;
  const int oy = row % s.out_h, b = row / s.out_h;
  const int top = oy * s.stride_h - s.pad_top, left = ox * s.stride_w - s.pad_left;
  const int y_end = min(top + s.filter_h, s.in_h), x_end = min(left + s.filter_w, s.in_w);
  const int y_begin = max(top, 0), x_begin = max(left, 0);
  acc_t acc = START;
  for (int y = y_begin; y < y_end; ++y) {
    int at = ((b * s.in_h + y) * s.in_w + x_begin) * s.channels + c;
    for (int x = x_begin; x < x_end; ++x, at += s.channels) acc = STEP(acc, LOAD(at, input));
  }
  acc = END(acc, (y_end - y_begin) * (x_end - x_begin));
  acc = acc < low ? low : acc;
  STORE(acc > high ? high : acc, i, output);
}
