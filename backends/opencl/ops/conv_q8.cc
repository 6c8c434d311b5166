// SPDX-License-Identifier: Apache-2.0
// Convolution-like ops of int8 and uint8: the arithmetic of docs/numerics.md, bit for bit.
#include "core/quant.h"
#include "ops/conv.h"

namespace inlay::opencl {
namespace {

struct Quant {  // quant_t of kernels/conv_q8.cl
  int32_t in_zero, weight_zero, out_zero, low, high;
};

Quant quant_of(const Node& node) {
  const inlay_tensor& out = node.output();
  const QuantRange range = activation_range(out.dtype, node.node->activation, scale_of(&out), zero_point_of(&out));
  return {zero_point_of(node.input(0)), zero_point_of(node.input(1)), zero_point_of(&out), range.min, range.max};
}

/// fl(fl(s_in * s_w[c]) / s_out) for every output channel.
std::vector<float> scales_of(const Node& node, int32_t channels) {
  const inlay_quant& weights = node.input(1)->quant;
  std::vector<float> scales(static_cast<size_t>(channels));
  for (size_t c = 0; c < scales.size(); ++c) {
    scales[c] = scale_of(node.input(0)) * weights.scales[weights.count == 1 ? 0 : c] / scale_of(&node.output());
  }
  return scales;
}

std::vector<int32_t> bias_of(const Node& node, int32_t channels) {
  const inlay_tensor* bias = node.input(2);
  const auto* values = bias != nullptr ? static_cast<const int32_t*>(bias->data) : nullptr;
  return values != nullptr ? std::vector<int32_t>(values, values + channels) : std::vector<int32_t>(static_cast<size_t>(channels));
}

}  // namespace

const char* reject_conv_q8(const Node&) { return nullptr; }

int32_t variants_conv_q8(const Node&) { return 1; }

void plan_conv_q8(const Node& node, Recipe* recipe) {
  recipe->kernel = "direct q8";
  for (const ConvLaunch& l : conv_launches(node)) {
    recipe->launch("conv_q8", node.element_options(node.input(0)->dtype), "conv_q8")
        .tensor(node.input_id(0))
        .tensor(node.input_id(1))
        .constant(bias_of(node, l.out_c))
        .constant(scales_of(node, l.out_c))
        .tensor(node.output_id())
        .value(l)
        .value(quant_of(node))
        .grid(l.pixels() * static_cast<size_t>(l.out_c));
  }
}

}  // namespace inlay::opencl
