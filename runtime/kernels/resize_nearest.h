// SPDX-License-Identifier: Apache-2.0
// Nearest-neighbour resizing, NHWC, of any element: pixels are copied as bytes.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Input [batch, in_h, in_w], output [batch, out_h, out_w] pixels; in_h and in_w are at least 1, all below 2^24.
struct ResizeNearestShape {
  int64_t pixel_bytes;
  int32_t batch, in_h, in_w, out_h, out_w;
  int32_t align_corners, half_pixel_centers;
  int32_t gap = 0;
};

/// The coordinate of the input that coordinate i of the output shows.
int32_t resize_nearest_source(int32_t i, int32_t in, int32_t out, bool align_corners, bool half_pixel_centers);

void resize_nearest(const ResizeNearestShape& shape, const void* input, void* output);

}  // namespace inlay::kernels
