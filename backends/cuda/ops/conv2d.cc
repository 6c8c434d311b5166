// SPDX-License-Identifier: Apache-2.0
// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV: the choice by dtype.
#include "ops/forms.h"

namespace inlay::cuda {
namespace {

void plan(const Node& node, Recipe* recipe) { is_q8(*node.input(0)) ? plan_conv_q8(node, recipe) : plan_conv_real(node, recipe); }

int32_t variants(const Node& node) { return is_q8(*node.input(0)) ? variants_conv_q8(node) : variants_conv_real(node); }

bool plan_with_sum(const Node& node, const Sum& sum, Recipe* recipe) {
  return is_q8(*node.input(0)) ? plan_conv_q8_with_sum(node, sum, recipe) : plan_conv_real_with_sum(node, sum, recipe);
}

}  // namespace

extern const Op op_conv2d;
const Op op_conv2d = {gpu::reject_conv, plan, variants, plan_with_sum};

}  // namespace inlay::cuda
