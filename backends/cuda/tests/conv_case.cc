// SPDX-License-Identifier: Apache-2.0
#include "tests/conv_case.h"

#include <algorithm>

namespace inlay::cuda {
namespace {

int32_t requantized(int32_t acc, float scale, const ConvCase& c) {
  const float v = static_cast<float>(acc) * scale;
  const float bounded = std::min(std::max(v, static_cast<float>(c.low - c.out_zero)), static_cast<float>(c.high - c.out_zero));
  return static_cast<int32_t>(std::nearbyint(bounded)) + c.out_zero;
}

int32_t added(int32_t x, int32_t y, const Sum8& s) {
  const int32_t acc = (x - s.a_zero) * s.a_factor + (y - s.b_zero) * s.b_factor;
  return std::clamp((acc + (1 << (s.shift - 1))) >> s.shift, s.low - s.zero, s.high - s.zero) + s.zero;
}

int32_t sum_at(const ConvCase& c, int32_t b, int32_t qy, int32_t qx, int32_t channel) {
  const ConvShape& s = c.s;
  auto acc = static_cast<uint32_t>(c.bias[static_cast<size_t>(channel)]);
  for (int32_t tap = 0; tap < s.filter_h * s.filter_w; ++tap) {
    const int32_t y = s.origin_y + qy * s.stride_y + tap / s.filter_w * s.step_y;
    const int32_t x = s.origin_x + qx * s.stride_x + tap % s.filter_w * s.step_x;
    if (y < 0 || y >= s.in_h || x < 0 || x >= s.in_w) continue;
    const int32_t first = ((b * s.in_h + y) * s.in_w + x) * s.in_c + channel / s.group_out * s.group_in;
    for (int32_t i = 0; i < s.group_in; ++i) {
      acc += static_cast<uint32_t>((c.value(c.in[static_cast<size_t>(first + i)]) - c.in_zero) * c.weight(channel, tap, i));
    }
  }
  return static_cast<int32_t>(acc);
}

}  // namespace

ConvShape shape_of(const ConvDraw& d) {
  ConvShape s = {};
  s.batch = d.batch, s.in_h = d.in_h, s.in_w = d.in_w, s.in_c = d.groups * d.group_in, s.out_c = d.groups * d.group_out;
  s.filter_h = d.filter_h, s.filter_w = d.filter_w, s.stride_y = s.stride_x = d.stride, s.step_y = s.step_x = d.dilation;
  s.origin_y = d.filter_h > 1 ? -d.pad : 0, s.origin_x = d.filter_w > 1 ? -d.pad : 0;
  s.out_h = s.rows = (d.in_h - 2 * s.origin_y - (d.filter_h - 1) * d.dilation - 1) / d.stride + 1;
  s.out_w = s.columns = (d.in_w - 2 * s.origin_x - (d.filter_w - 1) * d.dilation - 1) / d.stride + 1;
  s.every_y = s.every_x = 1;
  s.group_in = d.group_in, s.group_out = d.group_out;
  s.w_column = d.depthwise ? s.out_c : d.group_in;
  s.w_row = s.w_column * d.filter_w;
  s.w_out = d.depthwise ? 1 : s.w_row * d.filter_h;
  return s;
}

ConvDraw dense_draw(int32_t pixels, int32_t in, int32_t out) { return {1, in, out, 1, pixels, 1, 1, 1, 1, 1, 0, false}; }

ConvCase draw_case(const ConvDraw& d, uint32_t seed) {
  std::mt19937 random(seed);
  const auto draw = [&](int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % static_cast<uint32_t>(high - low + 1));
  };
  ConvCase c = {};
  c.s = shape_of(d);
  c.is_signed = draw(0, 2) != 0;
  const int32_t least = c.is_signed ? -128 : 0, most = least + 255;
  c.in_zero = draw(least, most), c.out_zero = draw(least, most);
  c.low = draw(0, 1) != 0 ? least : c.out_zero, c.high = draw(0, 1) != 0 ? most : draw(c.low, most);
  c.has_sum = draw(0, 2) == 0;
  c.sum = {c.out_zero, draw(1 << 19, 1 << 20), draw(least, most), draw(1 << 19, 1 << 20), draw(least, most), 20, least, most};
  c.in.resize(static_cast<size_t>(c.s.batch * c.s.in_h * c.s.in_w * c.s.in_c));
  for (uint8_t& v : c.in) v = static_cast<uint8_t>(random());
  c.other.resize(c.outputs());
  for (uint8_t& v : c.other) v = static_cast<uint8_t>(random());
  c.weights.resize(static_cast<size_t>(c.s.out_c * c.s.filter_h * c.s.filter_w * c.s.group_in));
  for (int8_t& v : c.weights) v = static_cast<int8_t>(random());
  const float spread = 60.0f / (5500.0f * std::sqrt(static_cast<float>(c.s.filter_h * c.s.filter_w * c.s.group_in)));
  for (int32_t i = 0; i < c.s.out_c; ++i) {
    c.bias.push_back(draw(-20000, 20000));
    c.scales.push_back(spread * static_cast<float>(draw(50, 150)) / 100.0f);
  }
  return c;
}

std::vector<uint8_t> expected(const ConvCase& c) {
  const ConvShape& s = c.s;
  std::vector<uint8_t> out(c.outputs(), 0x77);
  for (int32_t pixel = 0; pixel < s.batch * s.rows * s.columns; ++pixel) {
    const int32_t b = pixel / (s.rows * s.columns), qy = pixel / s.columns % s.rows, qx = pixel % s.columns;
    const int32_t y = s.first_y + qy * s.every_y, x = s.first_x + qx * s.every_x;
    for (int32_t channel = 0; channel < s.out_c; ++channel) {
      const auto at = static_cast<size_t>(((b * s.out_h + y) * s.out_w + x) * s.out_c + channel);
      const int32_t v = requantized(sum_at(c, b, qy, qx, channel), c.scales[static_cast<size_t>(channel)], c);
      out[at] = static_cast<uint8_t>(c.has_sum ? added(v, c.value(c.other[at]), c.sum) : v);
    }
  }
  return out;
}

std::string difference(const ConvCase& c, const std::vector<uint8_t>& got) {
  const std::vector<uint8_t> want = expected(c);
  for (size_t i = 0; i < want.size(); ++i) {
    if (want[i] == got[i]) continue;
    const auto channels = static_cast<size_t>(c.s.out_c), columns = static_cast<size_t>(c.s.out_w);
    return "channel " + std::to_string(i % channels) + " of pixel (" + std::to_string(i / channels / columns) + ", " +
           std::to_string(i / channels % columns) + "): " + std::to_string(got[i]) + " instead of " + std::to_string(want[i]);
  }
  return "";
}

}  // namespace inlay::cuda
