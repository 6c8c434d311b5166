// SPDX-License-Identifier: Apache-2.0
// Blocks of pixels that go into the batch and come back; pixels are copied as bytes.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Pixel [(ph * block_w + pw) * images + n, y, x] of the batch side [block_h * block_w * images, batch_h, batch_w] is pixel
/// [n, y * block_h + ph - top, x * block_w + pw - left] of the space side [images, space_h, space_w], where that exists.
struct BatchSpace {
  int32_t images, space_h, space_w, batch_h, batch_w, block_h, block_w, top, left;
  int32_t fill;  ///< the byte of a pixel of the batch side that has no place in space
  int64_t pixel_bytes;
};

void space_to_batch(const BatchSpace& shape, const void* space, void* batch);
void batch_to_space(const BatchSpace& shape, const void* batch, void* space);

}  // namespace inlay::kernels
