// SPDX-License-Identifier: Apache-2.0
// CONCATENATION: one walk per input. 8-bit inputs of another scale go through a table of what each value becomes.
#include "gpu/ops/move.h"
#include "kernels/quantize.h"

namespace inlay::gpu {
namespace {

const char* reject(const Node&) { return nullptr; }

template <typename Q>
std::vector<uint8_t> rescaled(const inlay_tensor& in, const inlay_tensor& out, QuantRange range) {
  const kernels::Rescale r = {scale_of(&in) / scale_of(&out), zero_point_of(&in), zero_point_of(&out), range};
  std::vector<uint8_t> table(256);
  for (size_t i = 0; i < table.size(); ++i) {
    const auto from = static_cast<Q>(i);
    Q to = 0;
    kernels::rescale(1, r, &from, &to);
    table[i] = static_cast<uint8_t>(to);
  }
  return table;
}

void plan(const Node& node, Recipe* recipe) {
  const inlay_tensor& out = node.output();
  const int32_t axis = node.params<inlay_axis>().axis;
  const auto bytes = static_cast<int64_t>(node.element_bytes(out));
  const int64_t outer = element_count(out.dims, axis), inner = element_count(out.dims + axis + 1, out.rank - axis - 1) * bytes;
  recipe->kernel = "strided copy";
  int64_t at = 0;
  for (int i = 0; i < node.node->input_count; ++i) {
    const inlay_tensor& in = *node.input(i);
    const int64_t slice = in.dims[axis] * inner;
    Move move = {node.input_id(i), {}, at, nullptr};
    move.copy.unit = slice;
    move.copy.rank = 1;
    move.copy.dims[0] = outer;
    move.copy.in_stride[0] = slice;
    move.copy.out_stride[0] = out.dims[axis] * inner;
    std::vector<uint8_t> table;
    if (!same_quant(&in, &out)) {
      table = out.dtype == INLAY_INT8 ? rescaled<int8_t>(in, out, {-128, 127}) : rescaled<uint8_t>(in, out, {0, 255});
      move.table = &table;
      recipe->kernel = "strided copy, table";
    }
    plan_move(node, move, recipe);
    at += slice;
  }
}

}  // namespace

extern const Op op_concatenation;
const Op op_concatenation = {reject, plan, nullptr};

}  // namespace inlay::gpu
