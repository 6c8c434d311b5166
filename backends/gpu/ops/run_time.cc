// SPDX-License-Identifier: Apache-2.0
// Ops whose indices come at run time and can do no harm: ONE_HOT and DYNAMIC_UPDATE_SLICE.
#include "gpu/ops/move.h"

namespace inlay::gpu {
namespace {

const char* reject(const Node&) { return nullptr; }

std::string options_of(const Node& node, const inlay_tensor& indices) {
  return element_macro(node.element_bytes(node.output())) + (indices.dtype == INLAY_INT64 ? " -DINDEX=long" : " -DINDEX=int");
}

void plan_one_hot(const Node& node, Recipe* recipe) {
  const inlay_tensor& indices = *node.input(0);
  const int32_t axis = node.params<inlay_axis>().axis;
  const auto count = static_cast<int32_t>(element_count(node.output()));
  recipe->kernel = "one hot";
  if (count == 0) return;
  recipe->launch("one_hot", options_of(node, indices), "one_hot")
      .tensor(node.input_id(0))
      .tensor(node.input_id(2))
      .tensor(node.input_id(3))
      .tensor(node.output_id())
      .value(node.output().dims[axis])
      .value(static_cast<int32_t>(element_count(indices.dims + axis, indices.rank - axis)))
      .value(count)
      .grid(static_cast<size_t>(count));
}

void plan_update(const Node& node, Recipe* recipe) {
  const inlay_tensor& part = *node.input(1);
  struct {
    int32_t count, rank;
    int32_t whole[INLAY_MAX_RANK], part[INLAY_MAX_RANK];
  } shape = {static_cast<int32_t>(element_count(part)), part.rank, {}, {}};
  for (int32_t d = 0; d < part.rank; ++d) {
    shape.whole[d] = node.output().dims[d];
    shape.part[d] = part.dims[d];
  }
  recipe->kernel = "update slice";
  plan_copy(node, node.input_id(0), recipe);
  recipe->launch("update_slice", options_of(node, *node.input(2)), "update_slice")
      .tensor(node.input_id(1))
      .tensor(node.input_id(2))
      .tensor(node.output_id())
      .value(shape)
      .grid(static_cast<size_t>(shape.count));
}

}  // namespace

extern const Op op_one_hot, op_update_slice;
const Op op_one_hot = {reject, plan_one_hot, nullptr};
const Op op_update_slice = {reject, plan_update, nullptr};

}  // namespace inlay::gpu
