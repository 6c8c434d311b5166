// SPDX-License-Identifier: Apache-2.0
// Sliding windows: convolutions and pools. SAME and VALID become explicit pads of the input's final shape.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

void pads(const OpReader& r, tfl::Padding padding, int32_t in, int32_t filter, int32_t stride, int32_t dilation, int32_t* before,
          int32_t* after) {
  constexpr int32_t kLimit = 1 << 24;  // that of the runtime
  if (stride < 1 || stride > kLimit || dilation < 1 || dilation > kLimit || filter < 1 || filter > kLimit) {
    r.fail("stride " + std::to_string(stride) + ", dilation " + std::to_string(dilation) + " or filter size " +
           std::to_string(filter) + " is out of range, expected 1 or more");
  }
  *before = *after = 0;
  if (padding == tfl::Padding::VALID) return;
  if (padding != tfl::Padding::SAME) r.fail("its padding is neither SAME nor VALID");
  const int64_t out = (int64_t{in} + stride - 1) / stride;
  const int64_t total = std::max<int64_t>((out - 1) * stride + int64_t{filter - 1} * dilation + 1 - in, 0);
  if (total > kLimit) r.fail("its SAME padding is out of range (dilation too large)");
  *before = static_cast<int32_t>(total / 2);
  *after = static_cast<int32_t>(total - total / 2);
}

/// Sets the pads of `w` from its strides, dilations and filter.
void resolve(const OpReader& r, tfl::Padding padding, inlay_window* w) {
  const Tensor& in = r.input(0);
  if (in.shape.size() != 4) r.fail("input '" + in.name + "' has " + std::to_string(in.shape.size()) + " dims, expected 4 (NHWC)");
  pads(r, padding, in.shape[1], w->filter_h, w->stride_h, w->dilation_h, &w->pad_top, &w->pad_bottom);
  pads(r, padding, in.shape[2], w->filter_w, w->stride_w, w->dilation_w, &w->pad_left, &w->pad_right);
}

const Tensor& weights_of(const OpReader& r) {
  const Tensor& weights = r.input(1);
  if (weights.shape.size() != 4) {
    r.fail("weights '" + weights.name + "' have " + std::to_string(weights.shape.size()) + " dims, expected 4");
  }
  return weights;
}

template <typename Options>
inlay_window conv_window(const OpReader& r, const Options& o, int32_t groups) {
  const Tensor& weights = weights_of(r);
  inlay_window w = {};
  w.stride_h = o.stride_h();
  w.stride_w = o.stride_w();
  w.dilation_h = o.dilation_h_factor();
  w.dilation_w = o.dilation_w_factor();
  w.filter_h = weights.shape[1];
  w.filter_w = weights.shape[2];
  w.groups = groups;
  resolve(r, o.padding(), &w);
  return w;
}

void read_pool(OpReader& r, uint16_t kind) {
  const auto& o = r.options<tfl::Pool2DOptions>();
  inlay_window w = {};
  w.stride_h = o.stride_h();
  w.stride_w = o.stride_w();
  w.dilation_h = w.dilation_w = 1;
  w.filter_h = o.filter_height();
  w.filter_w = o.filter_width();
  resolve(r, o.padding(), &w);
  r.node.kind = kind;
  r.node.params = w;
  r.activation(o.fused_activation_function());
}

}  // namespace

void read_conv(OpReader& r) {
  const auto& o = r.options<tfl::Conv2DOptions>();
  const Tensor& in = r.input(0);
  const int32_t in_c = in.shape.size() == 4 ? in.shape[3] : 0, weight_c = weights_of(r).shape[3];
  if (in_c < 1 || weight_c < 1 || in_c % weight_c != 0) {
    r.fail("input '" + in.name + "' has " + std::to_string(in_c) + " channels, expected a multiple of the weights' " +
           std::to_string(weight_c));
  }
  r.node.kind = INLAY_OP_CONV_2D;
  r.node.params = conv_window(r, o, in_c / weight_c);
  r.activation(o.fused_activation_function());
}

void read_depthwise_conv(OpReader& r) {
  // depth_multiplier is not read: the shapes say it, and some writers leave it 0.
  const auto& o = r.options<tfl::DepthwiseConv2DOptions>();
  r.node.kind = INLAY_OP_DEPTHWISE_CONV_2D;
  r.node.params = conv_window(r, o, 0);
  r.activation(o.fused_activation_function());
}

void read_average_pool(OpReader& r) { read_pool(r, INLAY_OP_AVERAGE_POOL_2D); }
void read_l2_pool(OpReader& r) { read_pool(r, INLAY_OP_L2_POOL_2D); }
void read_max_pool(OpReader& r) { read_pool(r, INLAY_OP_MAX_POOL_2D); }

}  // namespace inlay::tools::tflite_import
