// SPDX-License-Identifier: Apache-2.0
// Products of int8 matrices, neither of which need be known when the model is prepared.
#include "core/quant.h"
#include "ops/conv.h"

namespace inlay::opencl {
namespace {

struct Quant {  // quant_t of kernels/matmul_q8.cl
  int32_t a_zero, b_zero, out_zero, low, high;
  float scale;
};

Quant quant_of(const Node& node) {
  const inlay_tensor *a = node.input(0), *b = node.input(1), *out = &node.output();
  const QuantRange range = dtype_range(out->dtype);
  return {zero_point_of(a), zero_point_of(b), zero_point_of(out), range.min, range.max, scale_of(a) * scale_of(b) / scale_of(out)};
}

}  // namespace

const char* reject_matmul_q8(const Node&) { return nullptr; }

/// Vectors of columns where b has them side by side, one value at a time elsewhere.
void plan_matmul_q8(const Node& node, Recipe* recipe) {
  const MatmulShape s = matmul_shape(node);
  const bool wide = s.b_step == 1 && s.n >= 8;
  const char* const name = wide ? "matmul_q8_wide" : "matmul_q8";
  const size_t tiles = static_cast<size_t>(s.batch) * static_cast<size_t>((s.m + 3) / 4) * static_cast<size_t>((s.n + 7) / 8);
  recipe->kernel = wide ? "matmul q8, wide" : "matmul q8";
  recipe->launch(name, node.element_options(node.input(0)->dtype), name)
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .constant(matmul_places(node))
      .tensor(node.output_id())
      .value(s)
      .value(quant_of(node))
      .grid(wide ? tiles : static_cast<size_t>(element_count(node.output())));
}

}  // namespace inlay::opencl
