// SPDX-License-Identifier: Apache-2.0
// BATCH_MATMUL: the choice by dtype.
#include "ops/forms.h"

namespace inlay::cuda {
namespace {

void plan(const Node& node, Recipe* recipe) { is_q8(*node.input(0)) ? plan_matmul_q8(node, recipe) : plan_matmul_real(node, recipe); }

int32_t variants(const Node& node) { return is_q8(*node.input(0)) ? variants_matmul_q8(node) : variants_matmul_real(node); }

}  // namespace

extern const Op op_batch_matmul;
const Op op_batch_matmul = {gpu::reject_matmul, plan, variants};

}  // namespace inlay::cuda
