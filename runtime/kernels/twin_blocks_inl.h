// SPDX-License-Identifier: Apache-2.0
// How a convolution twin of any level walks over its part: blocks of output pixels, whose windows become rows of a matrix, times
// panels of output channels. Only for files named *__<level>.cc.
#pragma once
#include "kernels/twin_inl.h"

namespace inlay::kernels {
namespace {

/// Pixels first .. first + count - 1 of the output, and the group whose windows they need.
struct RowBlock {
  int64_t first;
  int32_t count, group;
};

/// For every block of at most `block` pixels: gather(rows) when its rows or its group are new, then multiply(rows, panel index)
/// for every panel of the area, `per_group` of them in each group.
template <typename Gather, typename Multiply>
inline void for_each_block(const Area& area, int32_t block, int64_t per_group, Gather gather, Multiply multiply) {
  for (int64_t p = area.pixels.begin; p < area.pixels.end; p += block) {
    const int64_t left = area.pixels.end - p;
    RowBlock rows = {p, left < block ? static_cast<int32_t>(left) : block, -1};
    for (int64_t i = area.panels.begin; i < area.panels.end; ++i) {
      const auto group = static_cast<int32_t>(i / per_group);
      if (group != rows.group) {
        rows.group = group;
        gather(rows);
      }
      multiply(rows, i);
    }
  }
}

/// Visits the windows of a block, row by row: run(row, input values, count) and gap(row, count) as visit_window has them.
template <typename T, typename Run, typename Gap>
inline void visit_rows(const ConvShape& s, const T* input, const RowBlock& rows, Run run, Gap gap) {
  OutputPixel at = pixel_at(s, rows.first);
  const T* const first = input + rows.group * (s.in_c / s.groups);
  for (int32_t r = 0; r < rows.count; ++r, advance(s, &at)) {
    visit_window(
        s, first + static_cast<int64_t>(at.b) * s.in_h * s.in_w * s.in_c, at.y, at.x,
        [&](const T* x, int64_t n) { run(r, x, n); }, [&](int64_t n) { gap(r, n); });
  }
}

/// How many rows fit `bytes`, a multiple of `step` but not above `most`, nor more than there are pixels.
inline int32_t rows_that_fit(const ConvShape& s, int64_t bytes, int64_t row_bytes, int32_t step, int32_t most) {
  const int64_t fit = bytes / row_bytes / step * step;
  const int64_t rows = fit > most ? most : fit < step ? step : fit;
  const int64_t pixels = output_pixels(s);
  return static_cast<int32_t>(rows < pixels ? rows : pixels);
}

/// call(first, length) for stretches of about equal length that make up `count`, none longer than `most`.
template <typename Call>
inline void for_even_stretches(int32_t count, int32_t most, Call call) {
  int32_t passes = (count + most - 1) / most;
  for (int32_t r = 0; r < count; --passes) {
    const int32_t length = (count - r + passes - 1) / passes;
    call(r, length);
    r += length;
  }
}

}  // namespace
}  // namespace inlay::kernels
