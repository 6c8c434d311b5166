// SPDX-License-Identifier: Apache-2.0
// The forms of 8-bit convolutions: how each has its weights, and its launch.
#include "ops/conv_forms.h"

namespace inlay::opencl {
namespace {

constexpr int32_t kPixels = 4;  ///< of a work-item

struct Wide {  // wide_t of kernels/conv_q8_wide.cl
  int32_t in_zero, out_zero, low, high;
  int32_t blocks, group_blocks, w_block, w_step, block_first, quads;
};
struct Dot {  // dot_t of kernels/conv_q8_dot.cl
  int32_t in_zero, out_zero, low, high;
  int32_t channels, group_channels, quads;
};
struct Depthwise {  // depthwise_t of kernels/conv_q8_depthwise.cl
  int32_t in_zero, out_zero, low, high;
  int32_t blocks;
};

/// The input's zero point where its values are taken as 0..255.
int32_t unsigned_zero(const ConvQ8& conv) { return conv.quant.in_zero + (conv.is_signed ? 128 : 0); }

/// By block, tap, input channel and lane as `t` says.
template <typename T>
std::vector<T> pack_wide(const ConvQ8& conv, const Blocks& blocks, const Wide& t) {
  const ConvLaunch& l = conv.l;
  std::vector<T> packed(static_cast<size_t>(blocks.all) * static_cast<size_t>(blocks.width * l.taps() * l.group_in) + 1);
  for (int32_t block = 0; block < blocks.all; ++block) {
    for (int32_t lane = 0; lane < blocks.width; ++lane) {
      const int32_t c = blocks.channel(l, block, lane);
      auto at = static_cast<size_t>(block * t.w_block + lane);
      for (int32_t tap = 0; tap < l.taps() && c >= 0; ++tap) {
        for (int32_t i = 0; i < l.group_in; ++i, at += static_cast<size_t>(t.w_step))
          packed[at] = static_cast<T>(conv.weight(c, tap, i));
      }
    }
  }
  return packed;
}

std::vector<int8_t> pack_dot(const ConvQ8& conv, const Blocks& blocks) {
  const ConvLaunch& l = conv.l;
  const int32_t channels = blocks.all * blocks.width;
  std::vector<int8_t> packed(static_cast<size_t>(channels) * static_cast<size_t>(l.taps() * l.group_in) + 4);
  for (int32_t to = 0; to < channels; ++to) {
    const int32_t c = blocks.channel(l, to / blocks.width, to % blocks.width);
    for (int32_t tap = 0; tap < l.taps() && c >= 0; ++tap) {
      for (int32_t i = 0; i < l.group_in; ++i) {
        const int32_t word = (tap * (l.group_in / 4) + i / 4) * channels + to;
        packed[static_cast<size_t>(word * 4 + i % 4)] = static_cast<int8_t>(conv.weight(c, tap, i));
      }
    }
  }
  return packed;
}

std::vector<int16_t> pack_depthwise(const ConvQ8& conv) {
  std::vector<int16_t> packed;
  for (int32_t tap = 0; tap < conv.l.taps(); ++tap) {
    for (int32_t c = 0; c < conv.l.out_c; ++c) packed.push_back(static_cast<int16_t>(conv.weight(c, tap, 0)));
  }
  return packed;
}

size_t groups_of(size_t count, int32_t size) { return (count + static_cast<size_t>(size) - 1) / static_cast<size_t>(size); }

}  // namespace

/// Neighbours on a GPU are blocks of channels, so that they read and write side by side; on a CPU they are pixels, so that a
/// block's weights stay in the cache.
void plan_wide(const ConvQ8& conv, int32_t vector, Recipe* recipe) {
  const ConvLaunch& l = conv.l;
  const Blocks blocks(l, vector);
  const bool gpu = conv.node.caps->gpu, words = l.in_c % 4 == 0 && l.group_in % 4 == 0;
  const int32_t pixels = l.pixels() == 1 ? 1 : kPixels, block_weights = l.taps() * l.group_in * vector;
  const Wide t = {unsigned_zero(conv),
                  conv.quant.out_zero,
                  conv.quant.low,
                  conv.quant.high,
                  blocks.all,
                  blocks.of_group,
                  gpu ? vector : block_weights,
                  gpu ? vector * blocks.all : vector,
                  gpu ? 1 : 0,
                  words ? l.group_in / 4 : 0};
  const bool bytes = conv.is_signed && conv.quant.weight_zero == 0;
  const std::string options = (bytes ? " -DW=char" : " -DW=short") + define("VECTOR", vector) + define("PIXELS", pixels);
  Launch& launch = recipe->launch("conv_q8_wide", conv.element() + options, "conv_q8_wide").tensor(conv.node.input_id(0));
  bytes ? launch.constant(pack_wide<int8_t>(conv, blocks, t)) : launch.constant(pack_wide<int16_t>(conv, blocks, t));
  launch.constant(blocked_bias(conv, blocks, t.in_zero))
      .constant(blocked_scales(conv, blocks))
      .tensor(conv.node.output_id())
      .value(l)
      .value(t)
      .grid(groups_of(l.pixels(), pixels) * static_cast<size_t>(blocks.all));
}

void plan_dot(const ConvQ8& conv, Recipe* recipe) {
  const ConvLaunch& l = conv.l;
  const Blocks blocks(l, 4);
  const Dot t = {conv.quant.in_zero - (conv.is_signed ? 0 : 128),
                 conv.quant.out_zero,
                 conv.quant.low,
                 conv.quant.high,
                 blocks.all * 4,
                 blocks.of_group * 4,
                 l.group_in / 4};
  recipe->launch("conv_q8_dot", conv.element() + (conv.node.caps->dot8 ? " -DDOT8" : ""), "conv_q8_dot")
      .tensor(conv.node.input_id(0))
      .constant(pack_dot(conv, blocks))
      .constant(blocked_bias(conv, blocks, t.in_zero))
      .constant(blocked_scales(conv, blocks))
      .tensor(conv.node.output_id())
      .value(l)
      .value(t)
      .grid(groups_of(l.pixels(), kPixels) * static_cast<size_t>(blocks.all));
}

void plan_depthwise(const ConvQ8& conv, int32_t vector, Recipe* recipe) {
  const ConvLaunch& l = conv.l;
  const int32_t pixels = conv.node.caps->gpu ? 2 : kPixels;
  const Depthwise t = {unsigned_zero(conv), conv.quant.out_zero, conv.quant.low, conv.quant.high,
                       (l.out_c + vector - 1) / vector};
  const Blocks each(l, 1);  // a group is a channel: no lane is empty
  recipe->launch("conv_q8_depthwise", conv.element() + define("VECTOR", vector) + define("PIXELS", pixels), "conv_q8_depthwise")
      .tensor(conv.node.input_id(0))
      .constant(pack_depthwise(conv))
      .constant(blocked_bias(conv, each, t.in_zero))
      .constant(conv.scales)
      .tensor(conv.node.output_id())
      .value(l)
      .value(t)
      .grid(groups_of(l.pixels(), pixels) * static_cast<size_t>(t.blocks));
}

}  // namespace inlay::opencl
