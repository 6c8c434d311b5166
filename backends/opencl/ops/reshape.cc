// SPDX-License-Identifier: Apache-2.0
// RESHAPE: the same bytes under another shape. Inside a segment both tensors mostly have one place, but that is the planner's choice.
#include "op.h"

namespace inlay::opencl {
namespace {

const char* reject(const Node&) { return nullptr; }

void plan(const Node& node, Recipe* recipe) {
  static constexpr const char* kOptions[] = {"", "-DELEM=uchar", "-DELEM=ushort", "", "-DELEM=uint", "", "", "", "-DELEM=ulong"};
  const auto count = static_cast<int32_t>(element_count(node.output()));
  recipe->kernel = "copy";
  recipe->launch("copy", kOptions[node.element_bytes(node.output())], "copy")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_reshape;
const Op op_reshape = {reject, plan, nullptr};

}  // namespace inlay::opencl
