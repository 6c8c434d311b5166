// SPDX-License-Identifier: Apache-2.0
// 8-bit convolutions: what a backend needs to pack their weights. Every form they are computed in gives the same bits.
#pragma once
#include "gpu/ops/conv.h"

namespace inlay::gpu {

/// quant_t of kernels/conv_q8.cl.
struct ConvQuant8 {
  int32_t in_zero, weight_zero, out_zero, low, high;
};

/// One launch of a node with all it takes to pack its weights.
struct ConvQ8 {
  const Node& node;
  ConvLaunch l;
  const Sum* behind;  ///< the sum that the launch does, too, or NULL
  ConvQuant8 quant;
  std::vector<float> scales;  ///< by output channel: fl(fl(s_in * s_w) / s_out)
  std::vector<int32_t> bias;  ///< by output channel
  const uint8_t* weights;     ///< NULL where they are not constant
  bool is_signed;
  std::vector<int32_t> tap_at;  ///< where a tap lies in a filter

  ConvQ8(const Node& n, const ConvLaunch& launch, const Sum* sum = nullptr);
  /// A weight less its zero point, by output channel, tap and input channel of the group.
  int32_t weight(int32_t c, int32_t tap, int32_t i) const {
    const uint8_t raw = weights[c * l.w_out + tap_at[static_cast<size_t>(tap)] + i];
    const int32_t stored = is_signed ? static_cast<int8_t>(raw) : raw;
    return stored - quant.weight_zero;
  }
  /// All weights less their zero point are in -128..127.
  bool fits_int8() const;
  /// bias[c] less what the input's zero point adds over all taps, wrapping around.
  int32_t folded_bias(int32_t c, int32_t in_zero) const;
  std::string element() const { return node.element_options(node.input(0)->dtype); }
};

/// Output channels `width` at a time: blocks of one group each, the last of a group filled up.
struct Blocks {
  int32_t width, of_group, all;
  Blocks(const ConvLaunch& l, int32_t block_width)
      : width(block_width), of_group((l.group_out + block_width - 1) / block_width), all(of_group * (l.out_c / l.group_out)) {}
  /// The channel of a lane of a block, -1 where it fills up.
  int32_t channel(const ConvLaunch& l, int32_t block, int32_t lane) const {
    const int32_t inner = block % of_group * width + lane;
    return inner < l.group_out ? block / of_group * l.group_out + inner : -1;
  }
};
/// Bias and scales by block and lane.
std::vector<int32_t> blocked_bias(const ConvQ8& conv, const Blocks& blocks, int32_t in_zero);
std::vector<float> blocked_scales(const ConvQ8& conv, const Blocks& blocks);

/// One output value at a time, of any convolution.
void plan_direct(const ConvQ8& conv, Recipe* recipe);

}  // namespace inlay::gpu
