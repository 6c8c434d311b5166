// SPDX-License-Identifier: Apache-2.0
// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV: what their launches compute.
#include "gpu/ops/conv.h"

#include <algorithm>

namespace inlay::gpu {
namespace {

/// Shapes and weights of the three kinds with windows; the whole output in one launch.
ConvLaunch windowed(const Node& node) {
  const inlay_tensor &in = *node.input(0), &weights = *node.input(1), &out = node.output();
  const bool depthwise = node.node->kind == INLAY_OP_DEPTHWISE_CONV_2D;
  ConvLaunch l = {};
  l.batch = in.dims[0], l.in_h = in.dims[1], l.in_w = in.dims[2], l.in_c = in.dims[3];
  l.out_h = l.rows = out.dims[1], l.out_w = l.columns = out.dims[2], l.out_c = out.dims[3];
  l.filter_h = weights.dims[1], l.filter_w = weights.dims[2];
  l.every_y = l.every_x = 1;
  l.group_in = depthwise ? 1 : weights.dims[3];
  l.group_out = l.out_c / (l.in_c / l.group_in);
  l.w_column = depthwise ? l.out_c : l.group_in;
  l.w_row = l.w_column * l.filter_w;
  l.w_out = depthwise ? 1 : l.w_row * l.filter_h;
  return l;
}

ConvLaunch forward(const Node& node) {
  const auto& w = node.params<inlay_window>();
  ConvLaunch l = windowed(node);
  l.origin_y = -w.pad_top, l.origin_x = -w.pad_left;
  l.stride_y = w.stride_h, l.stride_x = w.stride_w;
  l.step_y = w.dilation_h, l.step_x = w.dilation_w;
  if (!l.is_pointwise() || l.group_in != l.in_c) return l;
  return dense_launch(static_cast<int32_t>(l.pixels()), l.in_c, l.out_c);
}

/// One coordinate of the output pixels that have `phase` left when their place and the pad are divided by the stride.
struct Phase {
  int32_t first, count, origin, taps;
};
Phase phase_of(int32_t phase, int32_t stride, int32_t pad, int32_t out, int32_t filter) {
  const int32_t first = ((phase - pad) % stride + stride) % stride;
  return {first, first < out ? (out - first - 1) / stride + 1 : 0, (first + pad) / stride,
          phase < filter ? (filter - phase - 1) / stride + 1 : 0};
}

/// Output pixel o takes tap t from input (o + pad - t) / stride, where that is whole: all taps t = phase + a * stride.
std::vector<ConvLaunch> backward(const Node& node) {
  const auto& w = node.params<inlay_window>();
  const ConvLaunch whole = windowed(node);
  std::vector<ConvLaunch> launches;
  for (int32_t y = 0; y < w.stride_h; ++y) {
    for (int32_t x = 0; x < w.stride_w; ++x) {
      const Phase py = phase_of(y, w.stride_h, w.pad_top, whole.out_h, whole.filter_h);
      const Phase px = phase_of(x, w.stride_w, w.pad_left, whole.out_w, whole.filter_w);
      if (py.count == 0 || px.count == 0) continue;
      ConvLaunch l = whole;
      l.rows = py.count, l.columns = px.count;
      l.first_y = py.first, l.first_x = px.first;
      l.every_y = w.stride_h, l.every_x = w.stride_w;
      l.origin_y = py.origin, l.origin_x = px.origin;
      l.stride_y = l.stride_x = 1;
      l.step_y = l.step_x = -1;
      l.filter_h = py.taps, l.filter_w = px.taps;
      l.w_first = y * whole.w_row + x * whole.w_column;
      l.w_row = whole.w_row * w.stride_h, l.w_column = whole.w_column * w.stride_w;
      launches.push_back(l);
    }
  }
  return launches;
}

}  // namespace

ConvLaunch dense_launch(int32_t pixels, int32_t in, int32_t out) {
  ConvLaunch l = {};
  l.batch = l.in_h = l.out_h = l.rows = 1;
  l.in_w = l.out_w = l.columns = pixels;
  l.every_y = l.every_x = l.stride_y = l.stride_x = l.step_y = l.step_x = l.filter_h = l.filter_w = 1;
  l.in_c = l.group_in = l.w_out = l.w_row = l.w_column = in;
  l.out_c = l.group_out = out;
  return l;
}

bool ConvLaunch::is_pointwise() const {
  return filter_h == 1 && filter_w == 1 && stride_y == 1 && stride_x == 1 && origin_y == 0 && origin_x == 0 && rows == in_h &&
         columns == in_w && every_y == 1 && every_x == 1;
}

std::vector<ConvLaunch> conv_launches(const Node& node) {
  switch (node.node->kind) {
    case INLAY_OP_FULLY_CONNECTED: {
      const inlay_tensor& weights = *node.input(1);
      return {dense_launch(static_cast<int32_t>(element_count(*node.input(0)) / weights.dims[1]), weights.dims[1], weights.dims[0])};
    }
    case INLAY_OP_TRANSPOSE_CONV: return backward(node);
    default: return {forward(node)};
  }
}

const char* reject_conv(const Node& node) {
  if (is_q8(*node.input(0))) return nullptr;
  if (node.input(0)->dtype != INLAY_FLOAT32) return "int16 activations have no kernel on this device";
  return node.input(1)->dtype == INLAY_FLOAT32 ? nullptr : "floats with quantized weights have no kernel on this device";
}

}  // namespace inlay::gpu
