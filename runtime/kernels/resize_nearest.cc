// SPDX-License-Identifier: Apache-2.0
#include "kernels/resize_nearest.h"

#include <cstring>

namespace inlay::kernels {
namespace {

template <int64_t Bytes>
void resize_row(const ResizeNearestShape& s, const uint8_t* row, uint8_t* out) {
  const int64_t bytes = Bytes != 0 ? Bytes : s.pixel_bytes;
  for (int32_t x = 0; x < s.out_w; ++x, out += bytes) {
    const int64_t from = resize_nearest_source(x, s.in_w, s.out_w, s.align_corners != 0, s.half_pixel_centers != 0);
    std::memcpy(out, row + from * bytes, static_cast<size_t>(bytes));
  }
}

}  // namespace

int32_t resize_nearest_source(int32_t i, int32_t in, int32_t out, bool align_corners, bool half_pixel_centers) {
  const int32_t corner = align_corners && out > 1 ? 1 : 0;
  const float scale = static_cast<float>(in - corner) / static_cast<float>(out - corner);
  const float at = (static_cast<float>(i) + (half_pixel_centers ? 0.5f : 0.0f)) * scale;
  auto source = static_cast<int32_t>(at);
  if (align_corners && at - static_cast<float>(source) >= 0.5f) ++source;
  return source < in ? source : in - 1;
}

void resize_nearest(const ResizeNearestShape& s, const void* input, void* output) {
  const auto* in = static_cast<const uint8_t*>(input);
  auto* out = static_cast<uint8_t*>(output);
  const int64_t in_row = s.in_w * s.pixel_bytes, out_row = s.out_w * s.pixel_bytes;
  for (int32_t b = 0; b < s.batch; ++b, in += s.in_h * in_row) {
    int32_t shown = -1;
    for (int32_t y = 0; y < s.out_h; ++y, out += out_row) {
      const int32_t from = resize_nearest_source(y, s.in_h, s.out_h, s.align_corners != 0, s.half_pixel_centers != 0);
      if (from == shown) {
        std::memcpy(out, out - out_row, static_cast<size_t>(out_row));
        continue;
      }
      shown = from;
      const uint8_t* const row = in + from * in_row;
      switch (s.pixel_bytes) {
        case 1: resize_row<1>(s, row, out); break;
        case 4: resize_row<4>(s, row, out); break;
        default: resize_row<0>(s, row, out); break;
      }
    }
  }
}

}  // namespace inlay::kernels
