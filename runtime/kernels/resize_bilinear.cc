// SPDX-License-Identifier: Apache-2.0
#include "kernels/resize_bilinear.h"

#include "core/quant.h"

namespace inlay::kernels {
namespace {

/// Calls pixel(top left, top right, bottom left, bottom right, y tap, x tap, out) for every pixel of the output.
template <typename T, typename Pixel>
inline void for_each_pixel(const ResizeShape& s, const T* input, T* output, Pixel pixel) {
  const int64_t row = static_cast<int64_t>(s.in_w) * s.channels;
  const bool align = s.align_corners != 0, half = s.half_pixel_centers != 0;
  for (int32_t b = 0; b < s.batch; ++b, input += row * s.in_h) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const ResizeTap y = resize_tap(oy, s.in_h, s.out_h, align, half);
      const T* top = input + y.low * row;
      const T* bottom = input + y.high * row;
      for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.channels) {
        const ResizeTap x = resize_tap(ox, s.in_w, s.out_w, align, half);
        const int64_t left = static_cast<int64_t>(x.low) * s.channels, right = static_cast<int64_t>(x.high) * s.channels;
        pixel(top + left, top + right, bottom + left, bottom + right, y, x, output);
      }
    }
  }
}

template <typename T>
void resize_q8(const ResizeShape& s, const T* input, T* output) {
  for_each_pixel(s, input, output, [&](const T* tl, const T* tr, const T* bl, const T* br, ResizeTap y, ResizeTap x, T* out) {
    const int32_t fx = round_even(x.fraction * 2048.0f), fy = round_even(y.fraction * 2048.0f);
    for (int32_t c = 0; c < s.channels; ++c) {
      const int32_t top = tl[c] * 2048 + (tr[c] - tl[c]) * fx;
      const int32_t bottom = bl[c] * 2048 + (br[c] - bl[c]) * fx;
      out[c] = static_cast<T>((top * 2048 + (bottom - top) * fy + (1 << 21)) >> 22);
    }
  });
}

}  // namespace

ResizeTap resize_tap(int32_t i, int32_t in, int32_t out, bool align_corners, bool half_pixel_centers) {
  const int32_t corner = align_corners && out > 1 ? 1 : 0;
  const float scale = static_cast<float>(in - corner) / static_cast<float>(out - corner);
  float at = static_cast<float>(i) * scale;
  if (half_pixel_centers) at += 0.5f * scale - 0.5f;
  const float last = static_cast<float>(in - 1);
  at = at < 0.0f ? 0.0f : at;
  at = at > last ? last : at;
  const int32_t low = static_cast<int32_t>(at);
  return {low, low + 1 < in ? low + 1 : low, at - static_cast<float>(low)};
}

void resize_bilinear_f32(const ResizeShape& s, const float* input, float* output) {
  for_each_pixel(s, input, output,
                 [&](const float* tl, const float* tr, const float* bl, const float* br, ResizeTap y, ResizeTap x, float* out) {
                   for (int32_t c = 0; c < s.channels; ++c) {
                     const float top = tl[c] + (tr[c] - tl[c]) * x.fraction;
                     const float bottom = bl[c] + (br[c] - bl[c]) * x.fraction;
                     out[c] = top + (bottom - top) * y.fraction;
                   }
                 });
}

void resize_bilinear_s8(const ResizeShape& shape, const int8_t* input, int8_t* output) { resize_q8(shape, input, output); }
void resize_bilinear_u8(const ResizeShape& shape, const uint8_t* input, uint8_t* output) { resize_q8(shape, input, output); }

}  // namespace inlay::kernels
