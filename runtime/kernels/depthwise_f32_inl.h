// SPDX-License-Identifier: Apache-2.0
// float32 depthwise convolution for every level with a vector of floats V: one output channel per input channel, at least
// V::kLanes of them. Weights lie as the model has them; only the taps inside the image are visited, in the order of the portable
// kernel.
#pragma once
#include "kernels/twin_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

inline size_t nothing(const ConvShape&) { return 0; }
inline void pack_nothing(const ConvShape&, const float*, void*) {}

/// Channels c0 .. c0 + kCount * kLanes - 1 of one output pixel. `x` is the input pixel of the tap (0, 0), which may lie outside.
template <typename V, int kCount>
inline void some_channels(const ConvShape& s, TapRange rows, TapRange columns, const float* x, const float* weights, const float* bias,
                          int32_t c0, FloatRange range, float* output) {
  constexpr int32_t kLanes = V::kLanes;
  typename V::Type acc[kCount];
  for (int i = 0; i < kCount; ++i) acc[i] = bias != nullptr ? V::load(bias + c0 + kLanes * i) : V::all(0.0f);
  for (int32_t fy = rows.begin; fy < rows.end; ++fy) {
    for (int32_t fx = columns.begin; fx < columns.end; ++fx) {
      const float* v =
          x + (static_cast<int64_t>(fy) * s.dilation_h * s.in_w + static_cast<int64_t>(fx) * s.dilation_w) * s.in_c + c0;
      const float* w = weights + (static_cast<int64_t>(fy) * s.filter_w + fx) * s.out_c + c0;
      for (int i = 0; i < kCount; ++i) {
        acc[i] = V::multiply_add(V::load(v + kLanes * i), V::load(w + kLanes * i), acc[i]);
      }
    }
  }
  for (int i = 0; i < kCount; ++i) {
    V::store(output + c0 + kLanes * i, V::limit(acc[i], V::all(range.min), V::all(range.max)));
  }
}

template <typename V>
inline void run_row(const ConvShape& s, FloatRange range, const float* image, int32_t oy, const float* weights, const float* bias,
                    float* output) {
  constexpr int32_t kLanes = V::kLanes;
  const int32_t top = oy * s.stride_h - s.pad_top;
  const TapRange rows = taps_inside(top, s.filter_h, s.dilation_h, s.in_h);
  for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
    const int32_t left = ox * s.stride_w - s.pad_left;
    const TapRange columns = taps_inside(left, s.filter_w, s.dilation_w, s.in_w);
    const float* x = image + (static_cast<int64_t>(top) * s.in_w + left) * s.in_c;
    int32_t c = 0;
    for (; c + 4 * kLanes <= s.out_c; c += 4 * kLanes) some_channels<V, 4>(s, rows, columns, x, weights, bias, c, range, output);
    for (; c + kLanes <= s.out_c; c += kLanes) some_channels<V, 1>(s, rows, columns, x, weights, bias, c, range, output);
    // The last ones together with some that are done already.
    if (c < s.out_c) some_channels<V, 1>(s, rows, columns, x, weights, bias, s.out_c - kLanes, range, output);
  }
}

template <typename V>
inline void run(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias, const void*,
                void*, float* output, Part part) {
  const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const float* image = input + r / s.out_h * s.in_h * s.in_w * s.in_c;
    run_row<V>(s, range, image, static_cast<int32_t>(r % s.out_h), weights, bias, output + r * s.out_w * s.out_c);
  }
}

template <typename V>
inline bool takes(const ConvShape& s) {
  return one_per_channel(s) && s.out_c >= V::kLanes;
}

}  // namespace
}  // namespace inlay::kernels
