// SPDX-License-Identifier: Apache-2.0
// Convolutions and fully connected layers. int8 keeps to docs/numerics.md: oneDNN computes f32(acc) * s in one rounding; we clamp
// that, round it to an integer, and only then add the output's zero point, which as a float sum is exact. Its own zero point of
// the output would be added before rounding, which is another answer once in a while.
#include <cstdlib>
#include <string>

#include "core/quant.h"
#include "core/tensor.h"
#include "recipe.h"

namespace inlay::onednn {
namespace {

struct Layer {
  const inlay_segment& segment;
  const inlay_node& node;
  const inlay_tensor& input;
  const inlay_tensor& weights;
  const inlay_tensor* bias;
  const inlay_tensor& output;
  const inlay_window* window;  // NULL: fully connected

  bool quantized() const { return input.dtype == INLAY_INT8; }
  bool depthwise() const { return node.kind == INLAY_OP_DEPTHWISE_CONV_2D; }
  int64_t channels() const { return last_dim(output); }
  bool padded() const {
    return window != nullptr && (window->pad_top | window->pad_bottom | window->pad_left | window->pad_right) != 0;
  }
  /// Products per output.
  int64_t products() const { return element_count(weights) / channels(); }
};

Layer layer_of(const inlay_segment& segment, const inlay_node& node) {
  const inlay_tensor* tensors = segment.graph->tensors;
  const bool has_bias = node.input_count > 2 && node.inputs[2] >= 0;
  return {segment,
          node,
          tensors[node.inputs[0]],
          tensors[node.inputs[1]],
          has_bias ? &tensors[node.inputs[2]] : nullptr,
          tensors[node.outputs[0]],
          node.kind == INLAY_OP_FULLY_CONNECTED ? nullptr : static_cast<const inlay_window*>(node.params)};
}

/// The source's zero point times the sum of a channel's weights may move to the bias where no tap lies in the padding, and where
/// bias and sums of products stay so small that each is a float.
bool may_fold(const Layer& l) {
  if (!l.quantized() || l.padded()) return false;
  int64_t largest = 0;
  const auto* values = l.bias != nullptr ? static_cast<const int32_t*>(l.bias->data) : nullptr;
  for (int64_t c = 0; values != nullptr && c < l.channels(); ++c) largest = std::max(largest, std::abs(int64_t{values[c]}));
  return l.products() * 128 * 128 + largest <= 1 << 24;
}

std::vector<float> factors(const Layer& l) {
  std::vector<float> out(static_cast<size_t>(l.weights.quant.count));
  const float in_scale = scale_of(&l.input), out_scale = scale_of(&l.output);
  for (size_t c = 0; c < out.size(); ++c) out[c] = in_scale * l.weights.quant.scales[c] / out_scale;
  return out;
}

/// One of the ways to say the same thing; which of them the library has a fast kernel for depends on its version.
struct Form {
  bool matmul;  // a 1x1 convolution as a product of matrices
  bool fold;
};

struct Draft {
  Recipe recipe;
  dnnl::primitive_attr attr;
  Desc bias;
};

void add_constant(Recipe* r, int arg, Constant::Make make, const void* data, const Desc& desc) {
  r->constants.push_back({arg, make, desc, data, desc});
}

/// Attributes and constants of an int8 layer whose output has `rank` logical dims, channels at `channel`.
void quantize_layer(const Layer& l, const Form& form, int rank, int channel, Draft* d) {
  Recipe& r = d->recipe;
  r.zero_point = zero_point_of(&l.input);
  r.folded = form.fold && r.zero_point != 0;
  r.weights = &l.weights;
  r.scales = factors(l);
  const bool has_bias = l.bias != nullptr || r.folded;
  const void* bias = l.bias != nullptr ? l.bias->data : nullptr;
  if (!r.folded && r.zero_point != 0) {
    set_source_zero_point(&d->attr, r.zero_point);
    if (kScalesAreOperands) {
      add_constant(&r, DNNL_ARG_ATTR_ZERO_POINTS | DNNL_ARG_SRC, Constant::Make::kZeroPoint, nullptr,
                   Desc({1}, Type::s32, Tag::a));
    }
  }
  Dims dims(static_cast<size_t>(rank), 1);
  dims[static_cast<size_t>(channel)] = l.channels();
  const Desc per_channel(dims, Type::f32, rank == 2 ? Tag::ab : Tag::abcd);
  dnnl::post_ops ops;
  add_requantization(&d->attr, &ops, channel, r.scales, has_bias, per_channel);
  if (kScalesAreOperands) {
    int at = 0;
    if (has_bias) {
      add_constant(&r, DNNL_ARG_ATTR_MULTIPLE_POST_OP(at++) | DNNL_ARG_SRC_1, Constant::Make::kBias, bias, per_channel);
    }
    add_constant(&r, DNNL_ARG_ATTR_MULTIPLE_POST_OP(at) | DNNL_ARG_SRC_1, Constant::Make::kScales, nullptr, per_channel);
  } else if (has_bias) {
    d->bias = rank == 2 ? Desc({1, l.channels()}, Type::s32, Tag::ab) : Desc({l.channels()}, Type::s32, Tag::a);
    add_constant(&r, DNNL_ARG_BIAS, r.folded ? Constant::Make::kBias : Constant::Make::kReorder, bias, d->bias);
  }
  const int32_t zero = zero_point_of(&l.output);
  const QuantRange range = activation_range(l.output.dtype, l.node.activation, scale_of(&l.output), zero);
  append_eltwise(&ops, dnnl::algorithm::eltwise_clip, static_cast<float>(range.min - zero), static_cast<float>(range.max - zero));
  append_eltwise(&ops, dnnl::algorithm::eltwise_round, 0, 0);
  if (zero != 0) append_eltwise(&ops, dnnl::algorithm::eltwise_linear, 1, static_cast<float>(zero));
  d->attr.set_post_ops(ops);
}

void float_layer(const Layer& l, int rank, Draft* d) {
  dnnl::post_ops ops;
  append_activation(&ops, l.node.activation);
  d->attr.set_post_ops(ops);
  if (l.bias == nullptr) return;
  d->bias = rank == 2 ? Desc({1, l.channels()}, Type::f32, Tag::ab) : Desc({l.channels()}, Type::f32, Tag::a);
  add_constant(&d->recipe, DNNL_ARG_BIAS, Constant::Make::kReorder, l.bias->data, d->bias);
}

Draft start(const Layer& l, const Form& form, int rank, int channel) {
  Draft d;
  d.attr = plain_attr(l.segment);
  if (l.quantized()) {
    quantize_layer(l, form, rank, channel, &d);
  } else {
    float_layer(l, rank, &d);
  }
  return d;
}

Recipe finish(const Layer& l, Draft* d, const dnnl::primitive_desc_base& primitive, const Desc& input, const Desc& weights,
              const Desc& output) {
  Recipe& r = d->recipe;
  r.primitive = primitive;
  r.operands = {{DNNL_ARG_SRC, l.node.inputs[0], input}, {DNNL_ARG_DST, l.node.outputs[0], output}};
  r.constants.push_back({DNNL_ARG_WEIGHTS, Constant::Make::kReorder, weights, l.weights.data, primitive.weights_desc(0)});
  return std::move(r);
}

/// Rows of pixels times weights [out, in].
Recipe as_matmul(const Layer& l, const Form& form) {
  Draft d = start(l, form, 2, 1);
  const int64_t in = l.products(), out = l.channels(), rows = element_count(l.input) / in;
  const Desc input({rows, in}, type_of(l.input), Tag::ab), output({rows, out}, type_of(l.output), Tag::ab);
  const Desc stored({in, out}, type_of(l.weights), Tag::ba), any({in, out}, type_of(l.weights), Tag::any);
  return finish(l, &d, describe_matmul(input, any, d.bias, output, d.attr), input, stored, output);
}

/// Weights [out, h, w, in / groups], or [1, h, w, channels * multiplier] of a depthwise convolution, as oneDNN names their dims.
Desc stored_weights(const Layer& l, Dims* dims) {
  const int64_t out = l.channels(), in = l.input.dims[3], h = l.weights.dims[1], w = l.weights.dims[2];
  if (l.depthwise()) {
    const int64_t multiplier = out / in;
    *dims = {in, multiplier, 1, h, w};
    return Desc(*dims, type_of(l.weights), {multiplier, 1, 1, w * out, out});
  }
  const int64_t groups = l.window->groups, depth = in / groups;
  if (groups == 1) {
    *dims = {out, in, h, w};
    return Desc(*dims, type_of(l.weights), Tag::acdb);
  }
  *dims = {groups, out / groups, depth, h, w};
  return Desc(*dims, type_of(l.weights), {out / groups * h * w * depth, h * w * depth, 1, w * depth, depth});
}

Recipe as_conv(const Layer& l, const Form& form) {
  Draft d = start(l, form, 4, 1);
  const inlay_window& w = *l.window;
  Dims dims;
  const Desc stored = stored_weights(l, &dims);
  const ConvDescs descs = {Desc(image_dims(l.input), type_of(l.input), Tag::nhwc),
                           Desc(dims, type_of(l.weights), Tag::any),
                           d.bias,
                           Desc(image_dims(l.output), type_of(l.output), Tag::nhwc),
                           {w.stride_h, w.stride_w},
                           {w.dilation_h - 1, w.dilation_w - 1},
                           {w.pad_top, w.pad_left},
                           {w.pad_bottom, w.pad_right}};
  return finish(l, &d, describe_conv(descs, d.attr), descs.source, stored, descs.output);
}

bool is_matmul(const Layer& l) {
  if (l.window == nullptr) return true;
  const inlay_window& w = *l.window;
  return !l.depthwise() && w.groups == 1 && l.weights.dims[1] == 1 && l.weights.dims[2] == 1 && w.stride_h == 1 &&
         w.stride_w == 1 && !l.padded();
}

}  // namespace

Recipe make_conv(const inlay_segment& segment, const inlay_node& node) {
  const Layer l = layer_of(segment, node);
  if (l.window == nullptr) return as_matmul(l, {true, may_fold(l)});
  // 2.6 has its fast int8 convolutions only without a zero point of the source, its fast int8 products also with one.
  const bool fold = may_fold(l);
  if (l.depthwise() && l.quantized() && has_faulty_depthwise(!fold && zero_point_of(&l.input) != 0)) {
    throw dnnl::error(dnnl_unimplemented, "an int8 depthwise convolution");
  }
  if (l.quantized() && is_matmul(l) && !fold && zero_point_of(&l.input) != 0) return as_matmul(l, {true, false});
  return as_conv(l, {false, fold});
}

Recipe make_recipe(const inlay_segment& segment, const inlay_node& node) {
  switch (node.kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED: return make_conv(segment, node);
    default: return make_simple(segment, node);
  }
}

}  // namespace inlay::onednn
