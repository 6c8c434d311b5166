// SPDX-License-Identifier: Apache-2.0
#include "kernels/pool2d.h"

#include <cmath>
#include <limits>

namespace inlay::kernels {
namespace {

/// Channels pooled together: their accumulators stay on the stack, and the inner loop runs along them.
constexpr int32_t kBlock = 64;

struct Interval {
  int32_t begin, end;
};

/// The part of a window that lies inside the image, along one dim.
inline Interval inside(int32_t out, int32_t stride, int32_t pad, int32_t filter, int32_t in) {
  const int32_t begin = out * stride - pad;
  const int32_t end = begin + filter;
  return {begin < 0 ? 0 : begin, end > in ? in : end};
}

/// Visits every window and block of channels. step(accumulator, value) gives the next accumulator, store(accumulator, count)
/// the output value.
template <typename Acc, typename T, typename Step, typename Store>
inline void pool(const PoolShape& s, const T* input, T* output, Acc start, Step step, Store store) {
  for (int32_t b = 0; b < s.batch; ++b, input += static_cast<int64_t>(s.in_h) * s.in_w * s.channels) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const Interval rows = inside(oy, s.stride_h, s.pad_top, s.filter_h, s.in_h);
      for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.channels) {
        const Interval columns = inside(ox, s.stride_w, s.pad_left, s.filter_w, s.in_w);
        const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
        for (int32_t c0 = 0; c0 < s.channels; c0 += kBlock) {
          const int32_t n = s.channels - c0 < kBlock ? s.channels - c0 : kBlock;
          Acc acc[kBlock];
          for (int32_t i = 0; i < n; ++i) acc[i] = start;
          for (int32_t y = rows.begin; y < rows.end; ++y) {
            const T* pixel = input + (static_cast<int64_t>(y) * s.in_w + columns.begin) * s.channels + c0;
            for (int32_t x = columns.begin; x < columns.end; ++x, pixel += s.channels) {
              for (int32_t i = 0; i < n; ++i) acc[i] = step(acc[i], pixel[i]);
            }
          }
          for (int32_t i = 0; i < n; ++i) output[c0 + i] = store(acc[i], count);
        }
      }
    }
  }
}

template <typename T, typename V>
inline T clamp_to(V v, QuantRange range) {
  v = v < range.min ? static_cast<V>(range.min) : v;
  return static_cast<T>(v > range.max ? static_cast<V>(range.max) : v);
}

template <typename Sum, typename T>
void average(const PoolShape& shape, QuantRange range, const T* input, T* output) {
  pool<Sum>(
      shape, input, output, 0, [](Sum acc, T v) { return acc + v; },
      [&](Sum acc, int32_t count) {
        const int32_t half = count / 2;
        return clamp_to<T>((acc >= 0 ? acc + half : acc - half) / count, range);
      });
}

template <typename T>
void maximum(const PoolShape& shape, QuantRange range, const T* input, T* output) {
  pool<T>(
      shape, input, output, std::numeric_limits<T>::lowest(), [](T acc, T v) { return v > acc ? v : acc; },
      [&](T acc, int32_t) { return clamp_to<T>(int32_t{acc}, range); });
}

}  // namespace

void average_pool2d_s8(const PoolShape& shape, QuantRange range, const int8_t* input, int8_t* output) {
  average<int32_t>(shape, range, input, output);
}

void average_pool2d_u8(const PoolShape& shape, QuantRange range, const uint8_t* input, uint8_t* output) {
  average<int32_t>(shape, range, input, output);
}

void average_pool2d_s16(const PoolShape& shape, QuantRange range, const int16_t* input, int16_t* output) {
  average<int64_t>(shape, range, input, output);
}

void average_pool2d_f32(const PoolShape& shape, FloatRange range, const float* input, float* output) {
  pool<float>(
      shape, input, output, 0.0f, [](float acc, float v) { return acc + v; },
      [&](float acc, int32_t count) { return clamp(acc / static_cast<float>(count), range); });
}

void l2_pool2d_f32(const PoolShape& shape, FloatRange range, const float* input, float* output) {
  pool<float>(
      shape, input, output, 0.0f, [](float acc, float v) { return acc + v * v; },
      [&](float acc, int32_t count) { return clamp(std::sqrt(acc / static_cast<float>(count)), range); });
}

void max_pool2d_s8(const PoolShape& shape, QuantRange range, const int8_t* input, int8_t* output) {
  maximum(shape, range, input, output);
}

void max_pool2d_u8(const PoolShape& shape, QuantRange range, const uint8_t* input, uint8_t* output) {
  maximum(shape, range, input, output);
}

void max_pool2d_s16(const PoolShape& shape, QuantRange range, const int16_t* input, int16_t* output) {
  maximum(shape, range, input, output);
}

void max_pool2d_f32(const PoolShape& shape, FloatRange range, const float* input, float* output) {
  pool<float>(
      shape, input, output, -std::numeric_limits<float>::infinity(), [](float acc, float v) { return v > acc ? v : acc; },
      [&](float acc, int32_t) { return clamp(acc, range); });
}

}  // namespace inlay::kernels
