// SPDX-License-Identifier: Apache-2.0
// Launches of products of float matrices by tiles, and of softmax.
#include <algorithm>
#include <string>

#include "core/tensor.h"
#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

constexpr int32_t kRowsOfBlock = 4;  ///< of softmax_rows

}  // namespace

bool rows_in_chunks(const gpu::MatmulShape& s, int32_t row, int32_t step, const std::vector<int32_t>& places, size_t operand,
                    int32_t chunk) {
  if (step != 1 || row % chunk != 0 || s.k % chunk != 0) return false;
  for (size_t i = operand; i < places.size(); i += 2) {
    if (places[i] % chunk != 0) return false;
  }
  return true;
}

Division matmul_division(const Node& node) {
  const gpu::MatmulShape s = gpu::matmul_shape(node);
  const Math math = math_of(node);
  const int32_t panel = panel_depth(math);
  return divide({math, std::max(s.batch, 1), std::max(s.m, 1), std::max(s.n, 1), std::max((s.k + panel - 1) / panel, 1)},
                node.caps->units, 1, false);
}

void plan_matmul_gemm(const Node& node, const Division& division, Recipe* recipe) {
  const gpu::MatmulShape s = gpu::matmul_shape(node);
  const Math math = math_of(node);
  const Tile& tile = kTiles[division.tile];
  const std::vector<int32_t> places = gpu::matmul_places(node);
  const bool whole_a = rows_in_chunks(s, s.a_row, s.a_step, places, 0, chunk_of(math));
  const bool whole_b = rows_in_chunks(s, s.b_step, s.b_row, places, 1, chunk_of(math));
  const auto across = static_cast<size_t>((s.n + tile.columns - 1) / tile.columns),
             down = static_cast<size_t>((s.m + tile.rows - 1) / tile.rows);
  recipe->kernel = std::string("gemm ") + name_of(math) + " " + std::to_string(tile.rows) + "x" + std::to_string(tile.columns);
  recipe
      ->launch(std::string("matmul_gemm_") + name_of(math),
               "-DTILE=" + std::to_string(division.tile) + gpu::define("A", whole_a ? 1 : 0) + gpu::define("B", whole_b ? 1 : 0),
               "matmul_gemm")
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .constant(places)
      .tensor(node.output_id())
      .value(s)
      .grid(static_cast<size_t>(s.batch) * across * down * static_cast<size_t>(tile.threads))
      .group(static_cast<size_t>(tile.threads));
}

void plan_softmax_rows(const Node& node, Recipe* recipe) {
  const inlay_tensor& input = *node.input(0);
  const int32_t depth = last_dim(input);
  const auto rows = depth == 0 ? 0 : static_cast<int32_t>(element_count(input) / depth);
  const int32_t held = depth <= 128 ? 4 : depth <= 1024 ? 32 : 0;
  recipe->kernel = "warp to a row";
  recipe
      ->launch("softmax_rows", std::string(node.half() ? "-DREAL=half" : "-DREAL=float") + gpu::define("HELD", held),
               "softmax_rows")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .value(rows)
      .value(depth)
      .value(node.params<inlay_scalars>().alpha)
      .grid(static_cast<size_t>((rows + kRowsOfBlock - 1) / kRowsOfBlock) * 32 * kRowsOfBlock)
      .group(32 * kRowsOfBlock);
}

}  // namespace inlay::cuda
