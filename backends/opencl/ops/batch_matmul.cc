// SPDX-License-Identifier: Apache-2.0
// BATCH_MATMUL: the choice by dtype.
#include "ops/conv_forms.h"

namespace inlay::opencl {
namespace {

/// Vectors of columns where b has them side by side, one value at a time elsewhere.
void plan_matmul_q8(const Node& node, Recipe* recipe) {
  const MatmulShape s = matmul_shape(node);
  if (s.b_step != 1 || s.n < 8) return plan_matmul_q8_direct(node, recipe);
  const size_t tiles = static_cast<size_t>(s.batch) * static_cast<size_t>((s.m + 3) / 4) * static_cast<size_t>((s.n + 7) / 8);
  recipe->kernel = "matmul q8, wide";
  launch_matmul_q8(node, "matmul_q8_wide", tiles, recipe);
}

void plan(const Node& node, Recipe* recipe) {
  is_q8(*node.input(0)) ? plan_matmul_q8(node, recipe) : plan_matmul_real(node, recipe);
}

int32_t variants(const Node& node) { return node.input(0)->dtype == INLAY_FLOAT32 ? variants_matmul_real(node) : 1; }

}  // namespace

extern const Op op_batch_matmul;
const Op op_batch_matmul = {gpu::reject_matmul, plan, variants};

}  // namespace inlay::opencl
