// SPDX-License-Identifier: Apache-2.0
// Random float convolutions as nodes, and their answers against sums in double.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/quant.h"
#include "tests/float_bounds.h"
#include "tests/recipe_run.h"

namespace inlay::cuda {

struct FloatConvShape {
  int32_t batch, in_h, in_w, in_c, out_c, filter_h, filter_w, stride, dilation, pad, groups;
};

inline int32_t output_size(int32_t in, int32_t filter, const FloatConvShape& s) {
  return (in + 2 * s.pad - (filter - 1) * s.dilation - 1) / s.stride + 1;
}

/// A convolution with what it needs to be a node.
struct FloatConv {
  FloatConv(const FloatConvShape& s, uint32_t fast_math, uint32_t activation, bool bias, std::mt19937* random, bool depthwise = false)
      : node(depthwise ? INLAY_OP_DEPTHWISE_CONV_2D : INLAY_OP_CONV_2D, fast_math, activation) {
    window.stride_h = window.stride_w = s.stride, window.dilation_h = window.dilation_w = s.dilation;
    window.pad_top = window.pad_bottom = window.pad_left = window.pad_right = s.pad;
    window.filter_h = s.filter_h, window.filter_w = s.filter_w, window.groups = s.groups;
    node.add_input({s.batch, s.in_h, s.in_w, s.in_c}, false, random);
    depthwise ? node.add_input({1, s.filter_h, s.filter_w, s.out_c}, true, random)
              : node.add_input({s.out_c, s.filter_h, s.filter_w, s.in_c / s.groups}, true, random);
    bias ? node.add_input({s.out_c}, true, random) : node.no_input();
    node.set_output({s.batch, output_size(s.in_h, s.filter_h, s), output_size(s.in_w, s.filter_w, s), s.out_c});
    node.set_params(&window);
  }
  inlay_window window = {};
  TestNode node;
};

/// Output pixel q of launch l, channel c.
inline Exact sum_of(const ConvLaunch& l, const TestNode& node, int32_t image, int32_t qy, int32_t qx, int32_t c, bool bias) {
  Exact sum;
  for (int32_t a = 0; a < l.filter_h; ++a) {
    for (int32_t b = 0; b < l.filter_w; ++b) {
      const int32_t y = l.origin_y + qy * l.stride_y + a * l.step_y, x = l.origin_x + qx * l.stride_x + b * l.step_x;
      if (y < 0 || y >= l.in_h || x < 0 || x >= l.in_w) continue;
      const int32_t from = ((image * l.in_h + y) * l.in_w + x) * l.in_c + c / l.group_out * l.group_in;
      const int32_t w = l.w_first + c * l.w_out + a * l.w_row + b * l.w_column;
      for (int32_t i = 0; i < l.group_in; ++i) {
        const double p = node.values(0)[static_cast<size_t>(from + i)] * node.values(1)[static_cast<size_t>(w + i)];
        sum.add(p);
      }
    }
  }
  if (bias) sum.value += node.values(2)[static_cast<size_t>(c)], sum.size += 1.0;
  return sum;
}

/// Compares all of a launch's values; answers how many there are.
inline size_t compare(const ConvLaunch& l, const TestNode& node, const std::vector<double>& got, Math math, uint32_t activation,
               bool bias) {
  const FloatRange range = activation_range(activation);
  size_t count = 0;
  for (int32_t p = 0; p < static_cast<int32_t>(l.pixels()); ++p) {
    const int32_t image = p / l.columns / l.rows, qy = p / l.columns % l.rows, qx = p % l.columns;
    const int32_t at = ((image * l.out_h + l.first_y + qy * l.every_y) * l.out_w + l.first_x + qx * l.every_x) * l.out_c;
    for (int32_t c = 0; c < l.out_c; ++c, ++count) {
      const Exact sum = sum_of(l, node, image, qy, qx, c, bias);
      const double wanted = std::clamp(sum.value, static_cast<double>(range.min), static_cast<double>(range.max));
      const double off = std::fabs(got[static_cast<size_t>(at + c)] - wanted);
      if (!(off <= bound_of(math, sum, l.taps() * l.group_in))) {
        ADD_FAILURE() << "pixel " << p << " channel " << c << ": " << got[static_cast<size_t>(at + c)] << " instead of "
                      << wanted;
        return count;
      }
    }
  }
  return count;
}

}  // namespace inlay::cuda
