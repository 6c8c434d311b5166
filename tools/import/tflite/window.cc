// SPDX-License-Identifier: Apache-2.0
// Sliding windows: convolutions and pools. SAME and VALID become explicit pads of the input's final shape.
#include <algorithm>
#include <cstring>

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

/// Pads of a transposed convolution that makes `out` of `in`: what the full result of (in - 1) * stride + filter has too much.
void transposed_pads(const OpReader& r, tfl::Padding padding, int32_t in, int32_t out, int32_t filter, int32_t stride,
                     int32_t* before, int32_t* after) {
  constexpr int32_t kLimit = 1 << 24;  // that of the runtime
  if (padding != tfl::Padding::SAME && padding != tfl::Padding::VALID) r.fail("its padding is neither SAME nor VALID");
  if (in < 1 || out < 1 || out > kLimit || filter < 1 || filter > kLimit || stride < 1 || stride > kLimit) {
    r.fail("input " + std::to_string(in) + ", output " + std::to_string(out) + ", filter " + std::to_string(filter) +
           " or stride " + std::to_string(stride) + " is out of range, expected 1 or more");
  }
  const int64_t total = int64_t{in - 1} * stride + filter - out;
  if (total < -kLimit || total > kLimit) r.fail("its output shape does not fit input and strides");
  *before = padding == tfl::Padding::SAME ? static_cast<int32_t>(std::max<int64_t>(total, 0) / 2) : 0;
  *after = static_cast<int32_t>(total - *before);
}

/// Sets the pads of `w` from its strides, dilations and filter.
void resolve(const OpReader& r, tfl::Padding padding, inlay_window* w) {
  const Tensor& in = r.input(0);
  if (in.shape.size() != 4) r.fail("input '" + in.name + "' has " + std::to_string(in.shape.size()) + " dims, expected 4 (NHWC)");
  pads(r, padding, in.shape[1], w->filter_h, w->stride_h, w->dilation_h, &w->pad_top, &w->pad_bottom);
  pads(r, padding, in.shape[2], w->filter_w, w->stride_w, w->dilation_w, &w->pad_left, &w->pad_right);
}

const Tensor& weights_of(const OpReader& r, size_t rank = 4) {
  const Tensor& weights = r.input(1);
  if (weights.shape.size() != rank) {
    r.fail("weights '" + weights.name + "' have " + std::to_string(weights.shape.size()) + " dims, expected " +
           std::to_string(rank));
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

/// Strides, dilations and activation of a 3-D convolution.
inlay_window_3d window_3d(OpReader& r, const tfl::Conv3DOptions& o, uint16_t kind) {
  inlay_window_3d w = {};
  w.stride_d = o.stride_d();
  w.stride_h = o.stride_h();
  w.stride_w = o.stride_w();
  w.dilation_d = o.dilation_d_factor();
  w.dilation_h = o.dilation_h_factor();
  w.dilation_w = o.dilation_w_factor();
  w.groups = 1;
  r.node.kind = kind;
  r.activation(o.fused_activation_function());
  return w;
}

/// The inputs of a transposed convolution in the order of its node: input, weights, bias. The file has the shape first.
void reorder_transposed(OpReader& r) {
  std::vector<int32_t> inputs = {r.node.inputs[2], r.node.inputs[1]};
  if (r.has_input(3)) inputs.push_back(r.node.inputs[3]);
  r.node.inputs = inputs;
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

/// Inputs of the file: output shape, weights, input, bias. The shape becomes pads, which may cut or add at the far ends.
void read_transpose_conv(OpReader& r) {
  const auto& o = r.options<tfl::TransposeConvOptions>();
  const std::vector<int32_t> shape = r.constant_ints(0, "the output shape", 4);
  const Tensor& in = r.input(2);
  if (shape.size() != 4 || in.shape.size() != 4) r.fail("its input or output has not 4 dims (NHWC)");
  inlay_window w = {};
  w.stride_h = o.stride_h();
  w.stride_w = o.stride_w();
  w.dilation_h = w.dilation_w = 1;
  w.filter_h = weights_of(r).shape[1];
  w.filter_w = weights_of(r).shape[2];
  transposed_pads(r, o.padding(), in.shape[1], shape[1], w.filter_h, w.stride_h, &w.pad_top, &w.pad_bottom);
  transposed_pads(r, o.padding(), in.shape[2], shape[2], w.filter_w, w.stride_w, &w.pad_left, &w.pad_right);
  r.node.kind = INLAY_OP_TRANSPOSE_CONV;
  r.node.params = w;
  reorder_transposed(r);
  r.activation(o.fused_activation_function());
}

/// MediaPipe's transposed convolution with a bias. Its options are three int32: padding (1 SAME, 2 VALID), stride of w, of h.
/// The output's height and width are those of the file.
void read_mediapipe_transpose_conv(OpReader& r) {
  const Bytes options = r.custom_options();
  int32_t numbers[3] = {};
  if (options.size() < sizeof(numbers)) r.fail("its options are too short");
  std::memcpy(numbers, options.data(), sizeof(numbers));
  if (numbers[0] != 1 && numbers[0] != 2) r.fail("its padding is neither SAME nor VALID");
  const auto padding = numbers[0] == 1 ? tfl::Padding::SAME : tfl::Padding::VALID;
  const Tensor& in = r.input(0);
  const std::vector<int32_t>& out = r.output(0).shape;
  if (in.shape.size() != 4 || out.size() != 4) r.fail("its input or output has not 4 dims (NHWC)");
  inlay_window w = {};
  w.stride_h = numbers[2];
  w.stride_w = numbers[1];
  w.dilation_h = w.dilation_w = 1;
  w.filter_h = weights_of(r).shape[1];
  w.filter_w = weights_of(r).shape[2];
  transposed_pads(r, padding, in.shape[1], out[1], w.filter_h, w.stride_h, &w.pad_top, &w.pad_bottom);
  transposed_pads(r, padding, in.shape[2], out[2], w.filter_w, w.stride_w, &w.pad_left, &w.pad_right);
  r.node.kind = INLAY_OP_TRANSPOSE_CONV;
  r.node.params = w;
}

void read_conv3d(OpReader& r) {
  const auto& o = r.options<tfl::Conv3DOptions>();
  const Tensor& in = r.input(0);
  const std::vector<int32_t>& filter = weights_of(r, 5).shape;
  if (in.shape.size() != 5) r.fail("its input or output has not 5 dims (NDHWC)");
  inlay_window_3d w = window_3d(r, o, INLAY_OP_CONV_3D);
  pads(r, o.padding(), in.shape[1], filter[0], w.stride_d, w.dilation_d, &w.pad_front, &w.pad_back);
  pads(r, o.padding(), in.shape[2], filter[1], w.stride_h, w.dilation_h, &w.pad_top, &w.pad_bottom);
  pads(r, o.padding(), in.shape[3], filter[2], w.stride_w, w.dilation_w, &w.pad_left, &w.pad_right);
  r.node.params = w;
}

void read_conv3d_transpose(OpReader& r) {
  const auto& o = r.options<tfl::Conv3DOptions>();
  const std::vector<int32_t> shape = r.constant_ints(0, "the output shape", 5);
  const Tensor& in = r.input(2);
  const std::vector<int32_t>& filter = weights_of(r, 5).shape;
  if (shape.size() != 5 || in.shape.size() != 5) r.fail("its input or output has not 5 dims (NDHWC)");
  inlay_window_3d w = window_3d(r, o, INLAY_OP_CONV_3D_TRANSPOSE);
  transposed_pads(r, o.padding(), in.shape[1], shape[1], filter[0], w.stride_d, &w.pad_front, &w.pad_back);
  transposed_pads(r, o.padding(), in.shape[2], shape[2], filter[1], w.stride_h, &w.pad_top, &w.pad_bottom);
  transposed_pads(r, o.padding(), in.shape[3], shape[3], filter[2], w.stride_w, &w.pad_left, &w.pad_right);
  r.node.params = w;
  reorder_transposed(r);
}

void read_average_pool(OpReader& r) { read_pool(r, INLAY_OP_AVERAGE_POOL_2D); }
void read_l2_pool(OpReader& r) { read_pool(r, INLAY_OP_L2_POOL_2D); }
void read_max_pool(OpReader& r) { read_pool(r, INLAY_OP_MAX_POOL_2D); }

}  // namespace inlay::tools::tflite_import
