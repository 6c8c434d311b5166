// SPDX-License-Identifier: Apache-2.0
// Launches of float convolutions by tiles, and of products with a few rows.
#include <string>

#include "core/quant.h"
#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

constexpr int32_t kMostPlanes = 65535;  ///< of a grid, by y and z
constexpr int32_t kFewRows = 4, kFewRowsThreads = 256;

const char* real_of(Math math) { return math == Math::kF16 ? "half" : "float"; }

size_t blocks(int64_t count, int32_t each) { return static_cast<size_t>((count - 1) / each + 1); }

void plan_sum(const Node& node, const ConvLaunch& l, const ConvGemm& g, size_t partial_bytes, Math math, const Sum* sum,
              Recipe* recipe) {
  Launch& launch = recipe->launch("conv_small", std::string("-DREAL=") + real_of(math), "sum_splits").scratch(partial_bytes);
  add_bias_and_output(node, sum, launch)
      .value(l)
      .value(g)
      .grid(l.pixels() * static_cast<size_t>(l.out_c))
      .group(256);
}

}  // namespace

FloatFinish finish_of(const Node& node, const Sum* sum) {
  const FloatRange own = activation_range(node.node->activation),
                   summed = sum != nullptr ? activation_range(sum->add.node->activation) : own;
  return {own.min, own.max, summed.min, summed.max};
}

Launch& add_bias_and_output(const Node& node, const Sum* sum, Launch& launch) {
  return launch.tensor(gpu::bias_id(node))
      .tensor(sum != nullptr ? sum->other : -1)
      .tensor(sum != nullptr ? sum->add.output_id() : node.output_id());
}

bool suits_conv_gemm(const Node& node, const ConvLaunch& l) {
  return gpu::is_constant(node.input(1)) && l.pixels() > 0 && l.taps() > 0 && l.in_c / l.group_in <= kMostPlanes / 16 &&
         blocks(l.group_out, 32) <= kMostPlanes;
}

Division gemm_division(const Node& node, const ConvLaunch& l) {
  const Math math = math_of(node);
  return divide(
      {math, l.in_c / l.group_in, static_cast<int64_t>(l.pixels()), l.group_out, packed_depth(l, math) / panel_depth(math)},
      node.caps->units, 16, true);
}

void plan_conv_gemm(const Node& node, const ConvLaunch& l, const Division& division, Recipe* recipe, const Sum* sum) {
  const Math math = math_of(node);
  const Reads reads = reads_of(l, math);
  const Tile& tile = kTiles[division.tile];
  const int32_t depth = packed_depth(l, math), panels = depth / panel_depth(math), groups = l.in_c / l.group_in;
  const int32_t panels_split = (panels - 1) / division.splits + 1;
  // Rounding up may leave the last split without work: then there are fewer.
  const int32_t splits = (panels - 1) / panels_split + 1;
  const ConvGemm g = {depth, panels_split * panel_depth(math), splits, finish_of(node, sum)};
  const size_t partial_bytes =
      splits > 1 ? static_cast<size_t>(splits) * l.pixels() * static_cast<size_t>(l.out_c) * sizeof(float) : 0;
  recipe->kernel = std::string("gemm ") + name_of(math) + " " + std::to_string(tile.rows) + "x" + std::to_string(tile.columns) +
                   (splits > 1 ? " / " + std::to_string(splits) : "");
  Launch& launch = recipe->launch(
      std::string("conv_gemm_") + name_of(math),
      "-DTILE=" + std::to_string(division.tile) + " -DREADS=" + std::to_string(static_cast<int>(reads)), "conv_gemm");
  launch.tensor(node.input_id(0)).constant(pack_weights(l, static_cast<const float*>(node.input(1)->data), math));
  add_bias_and_output(node, sum, launch);
  splits > 1 ? launch.scratch(partial_bytes) : launch.tensor(-1);
  reads != Reads::kDense ? launch.constant(taps_of(l, math, reads)) : launch.tensor(-1);
  launch.value(l)
      .value(g)
      .grid(blocks(static_cast<int64_t>(l.pixels()), tile.rows) * static_cast<size_t>(tile.threads),
            blocks(l.group_out, tile.columns), static_cast<size_t>(groups) * static_cast<size_t>(splits))
      .group(static_cast<size_t>(tile.threads));
  if (splits > 1) plan_sum(node, l, g, partial_bytes, math, sum, recipe);
}

bool suits_few_rows(const ConvLaunch& l) {
  return l.is_pointwise() && l.batch * l.rows == 1 && l.group_in == l.in_c && l.w_out == l.in_c && l.columns >= 1 &&
         l.columns <= kFewRows;
}

void plan_few_rows(const Node& node, const ConvLaunch& l, Recipe* recipe, const Sum* sum) {
  const Math math = node.half() ? Math::kF16 : Math::kF32;
  const int32_t rows = l.columns == 1 ? 1 : kFewRows, vector = l.in_c % chunk_of(math) == 0 ? chunk_of(math) : 1;
  recipe->kernel = "few rows";
  const std::string options = std::string("-DREAL=") + real_of(math) + gpu::define("VECTOR", vector) + gpu::define("ROWS", rows);
  Launch& launch =
      recipe->launch("conv_small", options, "few_rows").tensor(node.input_id(0)).tensor(node.input_id(1));
  add_bias_and_output(node, sum, launch)
      .value(l.columns)
      .value(l.in_c)
      .value(l.out_c)
      .value(finish_of(node, sum))
      .grid(blocks(l.out_c, kFewRowsThreads / 32) * kFewRowsThreads)
      .group(kFewRowsThreads);
}

}  // namespace inlay::cuda
