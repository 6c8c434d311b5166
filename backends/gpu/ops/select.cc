// SPDX-License-Identifier: Apache-2.0
// SELECT: elements of one of two tensors, by a condition; all three broadcast.
#include "gpu/op.h"
#include "kernels/broadcast.h"

namespace inlay::gpu {
namespace {

/// As in kernels/select.cl.
struct BroadcastArgument {
  int32_t rank;
  int32_t dims[kernels::kBroadcastRank];
  int32_t strides[3][kernels::kBroadcastRank];
};

constexpr const char* kOptions[] = {"", "-DELEM=uchar", "-DELEM=ushort", "", "-DELEM=uint", "", "", "", "-DELEM=ulong"};

const char* reject(const Node& node) {
  return node.element_bytes(node.output()) <= 8 ? nullptr : "elements of more than 8 bytes are not moved here";
}

BroadcastArgument broadcast_of(const Node& node) {
  const int32_t* dims[3];
  int32_t rank[3];
  for (int i = 0; i < 3; ++i) {
    dims[i] = node.input(i)->dims;
    rank[i] = node.input(i)->rank;
  }
  kernels::Broadcast3 plan = {};
  int32_t out_dims[INLAY_MAX_RANK], out_rank = 0;
  if (!kernels::make_broadcast3(dims, rank, &plan, out_dims, &out_rank)) {
    throw Failure(INLAY_STATUS_OP_INVALID, "the shapes of the inputs do not broadcast");
  }
  BroadcastArgument out = {};
  out.rank = plan.rank;
  for (int32_t d = 0; d < plan.rank; ++d) {
    out.dims[d] = static_cast<int32_t>(plan.dims[d]);
    for (int i = 0; i < 3; ++i) out.strides[i][d] = static_cast<int32_t>(plan.stride[i][d]);
  }
  return out;
}

void plan(const Node& node, Recipe* recipe) {
  const auto count = static_cast<int32_t>(element_count(node.output()));
  recipe->kernel = "choose";
  recipe->launch("select", kOptions[node.element_bytes(node.output())], "choose")
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .tensor(node.input_id(2))
      .tensor(node.output_id())
      .value(broadcast_of(node))
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_select;
const Op op_select = {reject, plan, nullptr};

}  // namespace inlay::gpu
