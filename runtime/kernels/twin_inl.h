// SPDX-License-Identifier: Apache-2.0
// What the twins of every level share. Only for files named *__<level>.cc. Everything has internal linkage: a function compiled with
// the instructions of a level must never be the one copy the linker keeps for portable callers.
#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/conv2d.h"
#include "kernels/part.h"

namespace inlay::kernels {
namespace {

constexpr int64_t round_up_to(int64_t n, int64_t step) { return (n + step - 1) / step * step; }
constexpr int32_t lesser(int32_t a, int32_t b) { return a < b ? a : b; }

/// A position in the output of a convolution, pixel after pixel.
struct OutputPixel {
  int32_t b, y, x;
};
inline void advance(const ConvShape& s, OutputPixel* p) {
  if (++p->x < s.out_w) return;
  p->x = 0;
  if (++p->y < s.out_h) return;
  p->y = 0;
  ++p->b;
}

inline OutputPixel pixel_at(const ConvShape& s, int64_t index) {
  const int64_t row = index / s.out_w;
  return {static_cast<int32_t>(row / s.out_h), static_cast<int32_t>(row % s.out_h), static_cast<int32_t>(index % s.out_w)};
}

inline int64_t output_pixels(const ConvShape& s) { return static_cast<int64_t>(s.batch) * s.out_h * s.out_w; }
inline int64_t group_filter(const ConvShape& s) { return static_cast<int64_t>(s.filter_h) * s.filter_w * (s.in_c / s.groups); }

/// What a part computes: some pixels in all panels of output channels, or, of few pixels, all of them in some panels.
struct Area {
  Stretch pixels, panels;
};
inline Area area_of(const ConvShape& s, int64_t rows, int64_t panels, Part part) {
  const int64_t pixels = output_pixels(s);
  if (pixels >= rows * part.count || panels == 1) return {stretch_of(pixels, rows, part), {0, panels}};
  return {{0, pixels}, stretch_of(panels, 1, part)};
}
inline bool any_shape(const ConvShape&) { return true; }
inline bool one_per_channel(const ConvShape& s) { return s.out_c == s.in_c; }

/// The part of a window inside the image, along one dim: taps begin .. end - 1.
struct TapRange {
  int32_t begin, end;
};
inline TapRange taps_inside(int32_t first, int32_t filter, int32_t dilation, int32_t size) {
  TapRange t = {0, filter};
  while (t.begin < filter && first + t.begin * dilation < 0) ++t.begin;
  while (t.end > t.begin && first + (t.end - 1) * dilation >= size) --t.end;
  return t;
}

/// Each output pixel needs the channels of the input pixel of the same index, and nothing else.
inline bool pixel_by_pixel(const ConvShape& s) {
  return s.filter_h == 1 && s.filter_w == 1 && s.stride_h == 1 && s.stride_w == 1 && s.pad_top == 0 && s.pad_left == 0 &&
         s.in_h == s.out_h && s.in_w == s.out_w;
}

/// True when the whole window of an output pixel lies inside the image and its lines are runs of the input.
inline bool whole_lines(const ConvShape& s, const OutputPixel& p) {
  const int32_t top = p.y * s.stride_h - s.pad_top, left = p.x * s.stride_w - s.pad_left;
  return s.groups == 1 && s.dilation_w == 1 && top >= 0 && left >= 0 && top + (s.filter_h - 1) * s.dilation_h < s.in_h &&
         left + s.filter_w <= s.in_w;
}

/// Visits the window of an output pixel in the order of the weights: run(input values, count) for taps inside the image, gap(count)
/// for those outside. `image` points to the first channel of the group.
template <typename T, typename Run, typename Gap>
inline void visit_window(const ConvShape& s, const T* image, int32_t oy, int32_t ox, Run run, Gap gap) {
  const int32_t group_c = s.in_c / s.groups;
  const int32_t left = ox * s.stride_w - s.pad_left;
  const bool rows = s.groups == 1 && s.dilation_w == 1;
  const int32_t begin = left < 0 ? lesser(-left, s.filter_w) : 0;
  const int32_t end = s.in_w - left < s.filter_w ? (s.in_w - left > begin ? s.in_w - left : begin) : s.filter_w;
  for (int32_t fy = 0; fy < s.filter_h; ++fy) {
    const int32_t y = oy * s.stride_h - s.pad_top + fy * s.dilation_h;
    if (y < 0 || y >= s.in_h) {
      gap(static_cast<int64_t>(s.filter_w) * group_c);
      continue;
    }
    const T* row = image + static_cast<int64_t>(y) * s.in_w * s.in_c;
    if (rows) {
      if (begin > 0) gap(static_cast<int64_t>(begin) * group_c);
      if (end > begin) run(row + static_cast<int64_t>(left + begin) * s.in_c, static_cast<int64_t>(end - begin) * group_c);
      if (end < s.filter_w) gap(static_cast<int64_t>(s.filter_w - end) * group_c);
      continue;
    }
    for (int32_t fx = 0; fx < s.filter_w; ++fx) {
      const int32_t x = left + fx * s.dilation_w;
      if (x < 0 || x >= s.in_w) {
        gap(group_c);
      } else {
        run(row + static_cast<int64_t>(x) * s.in_c, group_c);
      }
    }
  }
}

}  // namespace
}  // namespace inlay::kernels
