// SPDX-License-Identifier: Apache-2.0
// Float convolutions of all four kinds: the choice among the ways, and the ways of one launch.
#include "ops/conv_float.h"

#include <algorithm>

#include "clblast.h"
#include "core/quant.h"

namespace inlay::opencl {
namespace {

bool is_depthwise(const ConvLaunch& l) {
  return l.group_in == 1 && l.group_out == 1 && l.in_c == l.out_c && l.w_out == 1 && l.every_y == 1;
}

/// A product of two matrices as they lie, of float32.
bool suits_library(const Node& node, const ConvLaunch& l) {
  return has_clblast() && node.caps->libraries && !node.half() && l.is_pointwise() && l.batch * l.rows == 1 && l.group_in == l.in_c &&
         l.w_out == l.in_c && l.columns > 0;
}

/// Every way that computes the node, what is right for all of them first.
std::vector<Choice> ways_of(const Node& node) {
  std::vector<Choice> ways = {{Way::kDirect, 1, 1}};
  const std::vector<ConvLaunch> launches = conv_launches(node);
  if (launches.empty()) return ways;
  const ConvLaunch& l = launches.front();
  if (is_depthwise(l)) {
    for (const int32_t width : {4, 8, 16}) ways.push_back({Way::kDepthwise, 1, width});
    return ways;
  }
  if (is_constant(node.input(1))) {
    for (const Choice& tile : {Choice{Way::kTiles, 4, 4}, Choice{Way::kTiles, 4, 8}, Choice{Way::kTiles, 6, 16}})
      ways.push_back(tile);
    for (const int32_t edge : {2, 4}) {
      if (launches.size() == 1 && suits_winograd(l, edge)) ways.push_back({Way::kWinograd, edge, 0});
    }
  }
  if (suits_library(node, l)) ways.push_back({Way::kLibrary, 0, 0});  // last: where it is missing, the others keep their numbers
  return ways;
}

/// What is taken when nothing was measured.
Choice static_choice(const Node& node, const std::vector<Choice>& ways) {
  const auto has = [&](Way way) {
    return std::any_of(ways.begin(), ways.end(), [way](const Choice& c) { return c.way == way; });
  };
  const Choice tile = default_tile(*node.caps);
  if (has(Way::kDepthwise)) return {Way::kDepthwise, 1, tile.width};
  if (!has(Way::kTiles)) return ways.front();
  const ConvLaunch l = conv_launches(node).front();
  if (l.group_out < 4) return ways.front();
  return l.group_out <= 8 ? Choice{Way::kTiles, 4, l.group_out <= 4 ? 4 : 8} : tile;
}

Choice choice_of(const Node& node) {
  const std::vector<Choice> ways = ways_of(node);
  const auto variant = static_cast<size_t>(node.variant());
  return variant >= 1 && variant <= ways.size() ? ways[variant - 1] : static_choice(node, ways);
}

void plan_depthwise(const Node& node, const ConvLaunch& l, FloatRange range, int32_t width, Recipe* recipe) {
  recipe->kernel = "depthwise " + std::to_string(width);
  recipe->launch("depthwise_float", node.element_options(INLAY_FLOAT32) + define("WIDTH", width), "depthwise_float")
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .tensor(bias_id(node))
      .tensor(node.output_id())
      .value(l)
      .value(range.min)
      .value(range.max)
      .grid(l.pixels() * (round_up(static_cast<size_t>(l.out_c), static_cast<size_t>(width)) / static_cast<size_t>(width)));
}

void plan_tiles(const Node& node, const ConvLaunch& l, FloatRange range, const Choice& tile, Recipe* recipe) {
  recipe->kernel =
      (l.is_pointwise() ? "pointwise " : "implicit gemm ") + std::to_string(tile.rows) + "x" + std::to_string(tile.width);
  const std::vector<float> packed = pack_weights(l, static_cast<const float*>(node.input(1)->data), tile.width);
  const std::vector<uint8_t> bytes = device_floats(node, packed.data(), packed.size());
  Tiles t = tiles_of(l, tile);
  t.low = range.min, t.high = range.max;
  recipe
      ->launch("conv_tiles_float",
               node.element_options(INLAY_FLOAT32) + tile_options(tile) + (node.caps->gpu ? "" : " -DROWS_FIRST"),
               "conv_tiles_float")
      .tensor(node.input_id(0))
      .constant(bytes)
      .tensor(bias_id(node))
      .tensor(node.output_id())
      .value(l)
      .value(t)
      .grid(tile_count(l, tile));
}

void plan_library(const Node& node, const ConvLaunch& l, FloatRange range, Recipe* recipe) {
  const auto m = static_cast<size_t>(l.columns), n = static_cast<size_t>(l.out_c), k = static_cast<size_t>(l.in_c);
  recipe->kernel = "CLBlast";
  recipe->call("CLBlast's Sgemm", clblast_product({1, m, n, k, false, true, 0, 0}))
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .tensor(node.output_id());
  if (bias_id(node) < 0 && node.node->activation == INLAY_ACT_NONE) return;
  recipe->launch("conv_float", node.element_options(INLAY_FLOAT32), "add_bias")
      .tensor(bias_id(node))
      .tensor(node.output_id())
      .value(l.columns * l.out_c)
      .value(l.out_c)
      .value(range.min)
      .value(range.max)
      .grid(m * n);
}

}  // namespace

// A CPU's vectors and registers hold 6 x 16 sums even when they are 128 bits wide; a GPU's work-item has fewer to itself.
Choice default_tile(const Caps& caps) { return caps.gpu ? Choice{Way::kTiles, 4, 4} : Choice{Way::kTiles, 6, 16}; }

std::string tile_options(const Choice& tile) { return define("ROWS", tile.rows) + define("WIDTH", tile.width); }

Tiles tiles_of(const ConvLaunch& l, const Choice& tile) {
  return {0, 0, l.in_c / l.group_in, (l.group_out - 1) / tile.width + 1, 0.0f, 0.0f};
}

size_t tile_count(const ConvLaunch& l, const Choice& tile) {
  const Tiles t = tiles_of(l, tile);
  const auto rows = static_cast<size_t>(tile.rows);
  return round_up(l.pixels(), rows) / rows * static_cast<size_t>(t.groups) * static_cast<size_t>(t.blocks);
}

std::vector<float> pack_weights(const ConvLaunch& l, const float* weights, int32_t width) {
  const int32_t groups = l.in_c / l.group_in;
  std::vector<float> packed;
  packed.reserve(static_cast<size_t>(l.taps()) * static_cast<size_t>(l.group_in) *
                 (static_cast<size_t>(l.out_c) + static_cast<size_t>(width)));
  for (int32_t first = 0; first < groups * l.group_out; first += l.group_out) {
    for (int32_t block = 0; block < l.group_out; block += width) {
      for (int32_t tap = 0; tap < l.taps(); ++tap) {
        const float* at = weights + l.w_first + tap / l.filter_w * l.w_row + tap % l.filter_w * l.w_column;
        for (int32_t i = 0; i < l.group_in; ++i) {
          for (int32_t c = block; c < block + width; ++c) {
            packed.push_back(c < l.group_out ? at[int64_t{first + c} * l.w_out + i] : 0.0f);
          }
        }
      }
    }
  }
  return packed;
}

void plan_conv_real(const Node& node, Recipe* recipe) {
  const Choice choice = choice_of(node);
  const FloatRange range = activation_range(node.node->activation);
  for (const ConvLaunch& l : conv_launches(node)) {
    switch (choice.way) {
      case Way::kTiles: plan_tiles(node, l, range, choice, recipe); break;
      case Way::kDepthwise: plan_depthwise(node, l, range, choice.width, recipe); break;
      case Way::kWinograd: plan_winograd(node, l, choice.rows, recipe); break;
      case Way::kLibrary: plan_library(node, l, range, recipe); break;
      default: gpu::plan_conv_float_direct(node, l, recipe); break;
    }
  }
}

int32_t variants_conv_real(const Node& node) { return static_cast<int32_t>(ways_of(node).size()); }

}  // namespace inlay::opencl
