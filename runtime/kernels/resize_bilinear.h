// SPDX-License-Identifier: Apache-2.0
// Bilinear resizing, NHWC.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Heights and widths are at most this, so that floats hold every coordinate.
constexpr int32_t kResizeMax = 1 << 24;

/// Input [batch, in_h, in_w, channels], output [batch, out_h, out_w, channels]; in_h and in_w are at least 1.
struct ResizeShape {
  int32_t batch, in_h, in_w, channels, out_h, out_w;
  int32_t align_corners, half_pixel_centers;
};

/// Coordinate i of the output lies at `low` + `fraction` of the input; `high` is the neighbour, the same pixel at the edge.
struct ResizeTap {
  int32_t low, high;
  float fraction;
};
ResizeTap resize_tap(int32_t i, int32_t in, int32_t out, bool align_corners, bool half_pixel_centers);

void resize_bilinear_f32(const ResizeShape& shape, const float* input, float* output);
/// Fractions rounded to 1/2048; then integers only, one rounding at the end (ties up). Exact in int32.
void resize_bilinear_s8(const ResizeShape& shape, const int8_t* input, int8_t* output);
void resize_bilinear_u8(const ResizeShape& shape, const uint8_t* input, uint8_t* output);
/// Coordinates rounded to 1/1024; then int64, one rounding at the end (half away from zero).
void resize_bilinear_s16(const ResizeShape& shape, const int16_t* input, int16_t* output);

}  // namespace inlay::kernels
