// SPDX-License-Identifier: Apache-2.0
// AVERAGE_POOL_2D, MAX_POOL_2D, and L2_POOL_2D of floats.
#include "kernels/pool2d.h"

#include "core/quant.h"
#include "gpu/op.h"

namespace inlay::gpu {
namespace {

const char* reject(const Node&) { return nullptr; }

std::string options_of(const Node& node) {
  const uint32_t dtype = node.input(0)->dtype;
  std::string function = " -DFN=root_mean_square";
  if (node.node->kind == INLAY_OP_AVERAGE_POOL_2D) function = " -DFN=mean";
  if (node.node->kind == INLAY_OP_MAX_POOL_2D) function = " -DFN=largest";
  switch (dtype) {
    case INLAY_INT8: return "-DELEM=char" + function;
    case INLAY_UINT8: return "-DELEM=uchar" + function;
    case INLAY_INT16: return "-DELEM=short -DWIDE" + function;
    default: return node.element_options(dtype) + function;
  }
}

void plan(const Node& node, Recipe* recipe) {
  const inlay_tensor &input = *node.input(0), &output = node.output();
  const auto& w = node.params<inlay_window>();
  const kernels::PoolShape shape = {input.dims[0], input.dims[1], input.dims[2], input.dims[3], output.dims[1], output.dims[2],
                                    w.filter_h,    w.filter_w,    w.stride_h,    w.stride_w,    w.pad_top,      w.pad_left};
  const auto count = static_cast<int32_t>(element_count(output));
  recipe->kernel = "pool2d";
  Launch& launch = recipe->launch("pool2d", options_of(node), "pool2d");
  launch.tensor(node.input_id(0)).tensor(node.output_id()).value(shape);
  if (input.dtype == INLAY_FLOAT32) {
    const FloatRange range = activation_range(node.node->activation);
    launch.value(range.min).value(range.max);
  } else {
    const QuantRange range = activation_range(output.dtype, node.node->activation, scale_of(&output), zero_point_of(&output));
    launch.value(range.min).value(range.max);
  }
  launch.value(count).grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_pool2d;
const Op op_pool2d = {reject, plan, nullptr};

}  // namespace inlay::gpu
