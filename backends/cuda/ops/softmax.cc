// SPDX-License-Identifier: Apache-2.0
// SOFTMAX: floats by warps; 8-bit rows as all GPUs do them.
#include "ops/gemm_float.h"

namespace inlay::gpu {
extern const Op op_rows;
}

namespace inlay::cuda {
namespace {

const char* reject(const Node& node) { return gpu::op_rows.reject(node); }

void plan(const Node& node, Recipe* recipe) {
  node.input(0)->dtype == INLAY_FLOAT32 ? plan_softmax_rows(node, recipe) : gpu::op_rows.plan(node, recipe);
}

}  // namespace

extern const gpu::Op op_softmax;
const gpu::Op op_softmax = {reject, plan, nullptr};

}  // namespace inlay::cuda
