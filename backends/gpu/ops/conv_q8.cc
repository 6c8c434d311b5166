// SPDX-License-Identifier: Apache-2.0
// Convolution-like ops of int8 and uint8, in the arithmetic of docs/numerics.md: their numbers, and the form that takes them all.
#include "gpu/ops/conv_q8.h"

#include <algorithm>

#include "core/quant.h"

namespace inlay::gpu {
namespace {

ConvQuant8 quant_of(const Node& node) {
  const inlay_tensor& out = node.output();
  const QuantRange range = activation_range(out.dtype, node.node->activation, scale_of(&out), zero_point_of(&out));
  return {zero_point_of(node.input(0)), zero_point_of(node.input(1)), zero_point_of(&out), range.min, range.max};
}

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
  return values != nullptr ? std::vector<int32_t>(values, values + channels)
                           : std::vector<int32_t>(static_cast<size_t>(channels));
}

}  // namespace

ConvQ8::ConvQ8(const Node& n, const ConvLaunch& launch, const Sum* sum)
    : node(n),
      l(launch),
      behind(sum),
      quant(quant_of(n)),
      scales(scales_of(n, launch.out_c)),
      bias(bias_of(n, launch.out_c)),
      weights(is_constant(n.input(1)) ? static_cast<const uint8_t*>(n.input(1)->data) : nullptr),
      is_signed(n.input(1)->dtype == INLAY_INT8) {
  for (int32_t tap = 0; tap < l.taps(); ++tap) {
    tap_at.push_back(l.w_first + tap / l.filter_w * l.w_row + tap % l.filter_w * l.w_column);
  }
}

bool ConvQ8::fits_int8() const {
  const auto count = static_cast<size_t>(element_count(*node.input(1)));
  if (is_signed && quant.weight_zero == 0) return true;
  return std::all_of(weights, weights + count, [&](uint8_t stored) {
    const int32_t w = (is_signed ? static_cast<int8_t>(stored) : stored) - quant.weight_zero;
    return w >= -128 && w <= 127;
  });
}

int32_t ConvQ8::folded_bias(int32_t c, int32_t in_zero) const {
  uint32_t sum = 0;
  for (int32_t tap = 0; tap < l.taps(); ++tap) {
    for (int32_t i = 0; i < l.group_in; ++i) sum += static_cast<uint32_t>(weight(c, tap, i));
  }
  return static_cast<int32_t>(static_cast<uint32_t>(bias[static_cast<size_t>(c)]) - static_cast<uint32_t>(in_zero) * sum);
}

std::vector<int32_t> blocked_bias(const ConvQ8& conv, const Blocks& blocks, int32_t in_zero) {
  std::vector<int32_t> out;
  for (int32_t block = 0; block < blocks.all; ++block) {
    for (int32_t lane = 0; lane < blocks.width; ++lane) {
      const int32_t c = blocks.channel(conv.l, block, lane);
      out.push_back(c < 0 ? 0 : conv.folded_bias(c, in_zero));
    }
  }
  return out;
}

std::vector<float> blocked_scales(const ConvQ8& conv, const Blocks& blocks) {
  std::vector<float> out;
  for (int32_t block = 0; block < blocks.all; ++block) {
    for (int32_t lane = 0; lane < blocks.width; ++lane) {
      const int32_t c = blocks.channel(conv.l, block, lane);
      out.push_back(c < 0 ? 0.0f : conv.scales[static_cast<size_t>(c)]);
    }
  }
  return out;
}

void plan_direct(const ConvQ8& conv, Recipe* recipe) {
  recipe->kernel = "direct q8";
  recipe->launch("conv_q8", conv.element(), "conv_q8")
      .tensor(conv.node.input_id(0))
      .tensor(conv.node.input_id(1))
      .constant(conv.bias)
      .constant(conv.scales)
      .tensor(conv.node.output_id())
      .value(conv.l)
      .value(conv.quant)
      .grid(conv.l.pixels() * static_cast<size_t>(conv.l.out_c));
}

}  // namespace inlay::gpu
