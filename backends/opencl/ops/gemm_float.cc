// SPDX-License-Identifier: Apache-2.0
// Products of float matrices, neither of which need be known when the model is prepared.
#include "clblast.h"
#include "ops/conv_float.h"

namespace inlay::opencl {
namespace {

/// b run along its columns, as tiles read it: [k][n] matrices made of [n][k] ones.
void plan_transpose(const Node& node, MatmulShape* s, Recipe* recipe) {
  const auto elements = static_cast<size_t>(element_count(*node.input(1)));
  recipe->launch("gemm_float", node.element_options(INLAY_FLOAT32) + tile_options(default_tile(*node.caps)), "transpose_matrices")
      .tensor(node.input_id(1))
      .scratch(elements * node.element_bytes(*node.input(1)))
      .value(static_cast<int32_t>(elements / static_cast<size_t>(s->k) / static_cast<size_t>(s->n)))
      .value(s->n)
      .value(s->k)
      .grid(elements);
  s->b_row = s->n, s->b_step = 1;
}

/// Whether the library can walk the matrices by constant strides; sets `product`.
bool suits_library(const Node& node, Product* product) {
  const MatmulShape s = matmul_shape(node);
  if (!has_clblast() || !node.caps->libraries || node.half() || s.batch == 0 || s.k == 0) return false;
  const std::vector<int32_t> places = matmul_places(node);
  const int32_t a_stride = s.batch > 1 ? places[2] : 0, b_stride = s.batch > 1 ? places[3] : 0;
  for (int32_t i = 0; i < s.batch; ++i) {
    const size_t at = 2 * static_cast<size_t>(i);
    if (places[at] != i * a_stride || places[at + 1] != i * b_stride) return false;
  }
  const auto& p = node.params<inlay_matmul>();
  *product = {static_cast<size_t>(s.batch),  static_cast<size_t>(s.m),     static_cast<size_t>(s.n),
              static_cast<size_t>(s.k),      p.transpose_a != 0,           p.transpose_b != 0,
              static_cast<size_t>(a_stride), static_cast<size_t>(b_stride)};
  return true;
}

}  // namespace

void plan_matmul_real(const Node& node, Recipe* recipe) {
  MatmulShape s = matmul_shape(node);
  Product product;
  if (node.variant() == 2 && suits_library(node, &product)) {
    recipe->kernel = "CLBlast";
    recipe->call("CLBlast's Sgemm", clblast_product(product))
        .tensor(node.input_id(0))
        .tensor(node.input_id(1))
        .tensor(node.output_id());
    return;
  }
  const Choice tile = default_tile(*node.caps);
  const std::string options = node.element_options(INLAY_FLOAT32) + tile_options(tile);
  recipe->kernel = "gemm " + std::to_string(tile.rows) + "x" + std::to_string(tile.width);
  const bool turn = s.b_step != 1 && s.m > 1 && s.k > 0 && s.n > 0;
  const size_t bytes = static_cast<size_t>(element_count(*node.input(1))) * node.element_bytes(*node.input(1));
  if (turn) plan_transpose(node, &s, recipe);
  Launch& launch = recipe->launch("gemm_float", options, "gemm_tiles").tensor(node.input_id(0));
  turn ? launch.scratch(bytes) : launch.tensor(node.input_id(1));
  const auto pieces = static_cast<size_t>(s.m + tile.rows - 1) / static_cast<size_t>(tile.rows);
  const auto panels = static_cast<size_t>(s.n + tile.width - 1) / static_cast<size_t>(tile.width);
  launch.constant(matmul_places(node))
      .tensor(node.output_id())
      .value(s)
      .value(0)
      .grid(static_cast<size_t>(s.batch) * pieces * panels);
}

int32_t variants_matmul_real(const Node& node) {
  Product product;
  return suits_library(node, &product) ? 2 : 1;
}

}  // namespace inlay::opencl
