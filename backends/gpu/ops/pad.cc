// SPDX-License-Identifier: Apache-2.0
// PAD: constant or mirrored borders.
#include "kernels/pad.h"

#include "gpu/ops/move.h"

namespace inlay::gpu {
namespace {

const char* reject(const Node&) { return nullptr; }

/// What a step along dim d of the output is in the input, by coordinate; -1: the constant.
std::vector<int32_t> places(const inlay_pad& pad, int32_t size, int32_t before, int32_t total, int64_t stride) {
  std::vector<int32_t> out;
  const int64_t repeat = pad.mode == kernels::kPadSymmetric ? 1 : 0;
  for (int64_t i = -int64_t{before}; i < int64_t{total} - before; ++i) {
    int64_t from = i;
    if (i < 0) from = -i - repeat;
    if (i >= size) from = 2 * int64_t{size} - 2 + repeat - i;
    const bool outside = (i < 0 || i >= size) && pad.mode == kernels::kPadConstant;
    out.push_back(outside ? -1 : static_cast<int32_t>(from * stride));
  }
  return out;
}

/// The constant as the device keeps elements.
int64_t constant_of(const Node& node, const inlay_pad& pad) {
  if (node.output().dtype != INLAY_FLOAT32 || !node.half()) return pad.value;
  float value = 0;
  std::memcpy(&value, &pad.value, sizeof(value));
  uint16_t half = 0;
  std::memcpy(&half, device_floats(node, &value, 1).data(), sizeof(half));
  return half;
}

void plan(const Node& node, Recipe* recipe) {
  const inlay_tensor& in = *node.input(0);
  const inlay_tensor& out = node.output();
  const auto& pad = node.params<inlay_pad>();
  recipe->kernel = pad.mode == kernels::kPadConstant ? "pad" : "mirror pad";
  if (element_count(out) == 0) return;
  TabledMove move(node, node.input_id(0));
  move.set_filling(constant_of(node, pad));
  if (in.rank == 0) move.add_dim(1, 1, 1);
  int64_t in_stride = 1, out_stride = 1;
  for (int32_t d = in.rank - 1; d >= 0; --d) {
    if (pad.before[d] == 0 && pad.after[d] == 0) {
      move.add_dim(out.dims[d], in_stride, out_stride);
    } else {
      move.add_table(out.dims[d], 0, out_stride, 1, places(pad, in.dims[d], pad.before[d], out.dims[d], in_stride));
    }
    in_stride *= in.dims[d];
    out_stride *= out.dims[d];
  }
  move.plan(recipe);
}

}  // namespace

extern const Op op_pad;
const Op op_pad = {reject, plan, nullptr};

}  // namespace inlay::gpu
