// SPDX-License-Identifier: Apache-2.0
// ARG_MAX and ARG_MIN along one dim.
#include "gpu/op.h"

namespace inlay::gpu {
namespace {

const char* reject(const Node&) { return nullptr; }

std::string element_options(const Node& node) {
  const uint32_t dtype = node.input(0)->dtype;
  switch (dtype) {
    case INLAY_INT8: return "-DELEM=char";
    case INLAY_UINT8:
    case INLAY_BOOL: return "-DELEM=uchar";
    case INLAY_INT16: return "-DELEM=short";
    case INLAY_INT32: return "-DELEM=int";
    case INLAY_INT64: return "-DELEM=long";
    default: return node.element_options(dtype);
  }
}

void plan(const Node& node, Recipe* recipe) {
  const inlay_tensor& input = *node.input(0);
  const int32_t axis = node.params<inlay_axis>().axis;
  const auto inner = static_cast<int32_t>(element_count(input.dims + axis + 1, input.rank - axis - 1));
  const auto count = static_cast<int32_t>(element_count(node.output()));
  std::string options = element_options(node) + (node.output().dtype == INLAY_INT64 ? " -DINDEX=long" : " -DINDEX=int");
  if (node.node->kind == INLAY_OP_ARG_MIN) options += " -DSMALLEST";
  recipe->kernel = "arg";
  recipe->launch("arg", options, "arg")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .value(input.dims[axis])
      .value(inner)
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_arg;
const Op op_arg = {reject, plan, nullptr};

}  // namespace inlay::gpu
