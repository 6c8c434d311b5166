// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_space.h"

#include <cstring>

namespace inlay::kernels {
namespace {

/// Calls pixel(offset in the space side or -1) for each pixel of the batch side in order.
template <typename Pixel>
inline void for_each_pixel(const BatchSpace& s, Pixel pixel) {
  for (int32_t phase = 0; phase < s.block_h * s.block_w; ++phase) {
    const int64_t first_y = phase / s.block_w - s.top, first_x = phase % s.block_w - s.left;
    for (int32_t n = 0; n < s.images; ++n) {
      for (int32_t by = 0; by < s.batch_h; ++by) {
        const int64_t y = first_y + int64_t{by} * s.block_h;
        const int64_t row = y >= 0 && y < s.space_h ? (int64_t{n} * s.space_h + y) * s.space_w : -1;
        int64_t x = first_x;
        for (int32_t bx = 0; bx < s.batch_w; ++bx, x += s.block_w) {
          pixel(row >= 0 && x >= 0 && x < s.space_w ? (row + x) * s.pixel_bytes : -1);
        }
      }
    }
  }
}

}  // namespace

void space_to_batch(const BatchSpace& s, const void* space, void* batch) {
  const auto* const from = static_cast<const uint8_t*>(space);
  auto* to = static_cast<uint8_t*>(batch);
  const auto bytes = static_cast<size_t>(s.pixel_bytes);
  for_each_pixel(s, [&](int64_t at) {
    if (at >= 0) {
      std::memcpy(to, from + at, bytes);
    } else {
      std::memset(to, s.fill, bytes);
    }
    to += bytes;
  });
}

void batch_to_space(const BatchSpace& s, const void* batch, void* space) {
  const auto* from = static_cast<const uint8_t*>(batch);
  auto* const to = static_cast<uint8_t*>(space);
  const auto bytes = static_cast<size_t>(s.pixel_bytes);
  for_each_pixel(s, [&](int64_t at) {
    if (at >= 0) std::memcpy(to + at, from, bytes);
    from += bytes;
  });
}

}  // namespace inlay::kernels
