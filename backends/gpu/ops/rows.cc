// SPDX-License-Identifier: Apache-2.0
// SOFTMAX, LOG_SOFTMAX and L2_NORMALIZATION: a work-group for each row of the last dim.
#include "core/quant.h"
#include "gpu/op.h"
#include "kernels/softmax.h"

namespace inlay::gpu {
namespace {

constexpr size_t kLanes = 64;

const char* reject(const Node& node) {
  if (node.input(0)->dtype == INLAY_FLOAT32) return nullptr;
  if (!is_q8(*node.input(0))) return "rows of 16-bit values are not normalized here";
  if (node.node->kind != INLAY_OP_SOFTMAX) return "8-bit rows take double precision, which the device may lack";
  return nullptr;
}

void plan(const Node& node, Recipe* recipe) {
  const inlay_tensor& input = *node.input(0);
  const int32_t depth = last_dim(input);
  const size_t rows = depth == 0 ? 0 : static_cast<size_t>(element_count(input) / depth);
  const size_t lanes = node.caps->most_group >= kLanes ? kLanes : 1;
  const float beta = node.node->kind == INLAY_OP_SOFTMAX ? node.params<inlay_scalars>().alpha : 1.0f;
  std::string options = node.element_options(input.dtype) + define("LANES", static_cast<int64_t>(lanes));
  if (input.dtype == INLAY_FLOAT32) {
    const char* function = node.node->kind == INLAY_OP_SOFTMAX       ? "softmax"
                           : node.node->kind == INLAY_OP_LOG_SOFTMAX ? "log_softmax"
                                                                     : "l2_normalize";
    options += std::string(" -DFN=") + function;
  }
  recipe->kernel = "rows";
  Launch& launch = recipe->launch("rows", options, "rows").tensor(node.input_id(0)).tensor(node.output_id());
  if (input.dtype == INLAY_FLOAT32) {
    launch.value(depth).value(beta);
  } else {
    std::vector<uint32_t> table(kernels::kSoftmaxTable);
    kernels::softmax_table(beta, scale_of(&input), table.data());
    launch.constant(table).value(depth).value(dtype_range(input.dtype).min);
  }
  launch.grid(rows * lanes).group(lanes);
}

}  // namespace

extern const Op op_rows;
const Op op_rows = {reject, plan, nullptr};

}  // namespace inlay::gpu
