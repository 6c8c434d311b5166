// SPDX-License-Identifier: Apache-2.0
// Random 8-bit convolutions, and what they give by a plain loop in the arithmetic of docs/numerics.md.
#pragma once
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "kernels/q8_types.h"

namespace inlay::cuda {

struct ConvCase {
  ConvShape s;
  bool is_signed;
  int32_t in_zero, out_zero, low, high;
  bool has_sum;
  Sum8 sum;
  std::vector<uint8_t> in, other;
  std::vector<int8_t> weights;  ///< where ConvShape says, less their zero point
  std::vector<int32_t> bias;
  std::vector<float> scales;

  int32_t weight(int32_t c, int32_t tap, int32_t i) const {
    return weights[static_cast<size_t>(s.w_first + c * s.w_out + tap / s.filter_w * s.w_row + tap % s.filter_w * s.w_column + i)];
  }
  int32_t value(uint8_t raw) const { return is_signed ? static_cast<int8_t>(raw) : raw; }
  size_t outputs() const { return static_cast<size_t>(s.batch * s.out_h * s.out_w * s.out_c); }
  /// The bias less what a zero point adds over all taps.
  int32_t folded(int32_t c, int32_t zero) const {
    int32_t sum_of_weights = 0;
    for (int32_t tap = 0; tap < s.filter_h * s.filter_w; ++tap) {
      for (int32_t i = 0; i < s.group_in; ++i) sum_of_weights += weight(c, tap, i);
    }
    return bias[static_cast<size_t>(c)] - zero * sum_of_weights;
  }
};

/// What a case is drawn from.
struct ConvDraw {
  int32_t groups, group_in, group_out, in_h, in_w, batch, filter_h, filter_w, stride, dilation, pad;
  bool depthwise;
};

ConvShape shape_of(const ConvDraw& d);
/// Quantized numbers and data, drawn from `seed`.
ConvCase draw_case(const ConvDraw& d, uint32_t seed);
/// Rows of values as one row of pixels.
ConvDraw dense_draw(int32_t pixels, int32_t in, int32_t out);
std::vector<uint8_t> expected(const ConvCase& c);
/// The element that differs first, in words; empty: none.
std::string difference(const ConvCase& c, const std::vector<uint8_t>& got);

}  // namespace inlay::cuda
