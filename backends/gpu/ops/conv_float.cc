// SPDX-License-Identifier: Apache-2.0
// Float convolutions of all four kinds, a value at a time.
#include "core/quant.h"
#include "gpu/ops/conv.h"

namespace inlay::gpu {

int32_t bias_id(const Node& node) { return node.input(2) != nullptr ? node.input_id(2) : -1; }

void plan_conv_float_direct(const Node& node, const ConvLaunch& l, Recipe* recipe) {
  const FloatRange range = activation_range(node.node->activation);
  recipe->kernel = "direct";
  recipe->launch("conv_float", node.element_options(INLAY_FLOAT32), "conv_float")
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .tensor(bias_id(node))
      .tensor(node.output_id())
      .value(l)
      .value(range.min)
      .value(range.max)
      .grid(l.pixels() * static_cast<size_t>(l.out_c));
}

}  // namespace inlay::gpu
