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

/// A coordinate in 1/1024 of a pixel, and the pixels beside it.
struct FixedTap {
  int64_t low, high, fraction;
};

FixedTap fixed_tap(int64_t i, int64_t in, int64_t out, bool align_corners, bool half_pixel_centers) {
  const int64_t corner = align_corners && out > 1 ? 1 : 0;
  const int64_t step = ((in - corner) * 1024 + (out - corner) / 2) / (out - corner);
  const int64_t at = i * step + (half_pixel_centers ? step / 2 - 512 : 0);
  // Before the first and behind the last pixel both neighbours are the same, whatever the fraction.
  const int64_t low = at < 0 ? 0 : at / 1024, high = at < 0 ? 0 : (at + 1023) / 1024;
  return {low < in ? low : in - 1, high < in ? high : in - 1, at - low * 1024};
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

void resize_bilinear_s16(const ResizeShape& s, const int16_t* input, int16_t* output) {
  const int64_t row = static_cast<int64_t>(s.in_w) * s.channels;
  const bool align = s.align_corners != 0, half = s.half_pixel_centers != 0;
  for (int32_t b = 0; b < s.batch; ++b, input += row * s.in_h) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const FixedTap y = fixed_tap(oy, s.in_h, s.out_h, align, half);
      const int16_t* const top = input + y.low * row;
      const int16_t* const bottom = input + y.high * row;
      for (int32_t ox = 0; ox < s.out_w; ++ox) {
        const FixedTap x = fixed_tap(ox, s.in_w, s.out_w, align, half);
        const int64_t left = x.low * s.channels, right = x.high * s.channels;
        for (int32_t c = 0; c < s.channels; ++c, ++output) {
          const int64_t above = top[left + c] * 1024 + (top[right + c] - top[left + c]) * x.fraction;
          const int64_t below = bottom[left + c] * 1024 + (bottom[right + c] - bottom[left + c]) * x.fraction;
          const int64_t sum = above * 1024 + (below - above) * y.fraction;
          *output = static_cast<int16_t>((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
        }
      }
    }
  }
}

}  // namespace inlay::kernels
