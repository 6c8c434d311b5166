// SPDX-License-Identifier: Apache-2.0
// Functions of one 8-bit value: a table of the builtin op's answers.
#include "op.h"

namespace inlay::opencl {
namespace {

const char* reject(const Node& node) {
  return is_q8(*node.input(0)) && is_q8(node.output()) ? nullptr : "this function runs here on int8 and uint8 alone";
}

void plan(const Node& node, Recipe* recipe) {
  const auto count = static_cast<int32_t>(element_count(node.output()));
  recipe->kernel = "table";
  recipe->launch("unary_table", "", "unary_table")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .constant(table_of(node))
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_unary_table;
const Op op_unary_table = {reject, plan, nullptr};

}  // namespace inlay::opencl
