// SPDX-License-Identifier: Apache-2.0
// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: where each row and column of the output lies in the input is computed here, by the
// functions that the reference kernels use.
#include "core/quant.h"
#include "gpu/ops/move.h"
#include "kernels/resize_bilinear.h"
#include "kernels/resize_nearest.h"

namespace inlay::gpu {
namespace {

const char* reject_bilinear(const Node& node) {
  const inlay_tensor& in = *node.input(0);
  return is_q8(in) || in.dtype == INLAY_FLOAT32 ? nullptr : "bilinear resizing runs here on float32, int8 and uint8 alone";
}

struct Tap {
  int32_t low, high, fraction, unused;
};

void add_taps(const Node& node, int32_t in, int32_t out, std::vector<Tap>* taps) {
  const auto& params = node.params<inlay_resize>();
  for (int32_t i = 0; i < out; ++i) {
    const kernels::ResizeTap tap = kernels::resize_tap(i, in, out, params.align_corners != 0, params.half_pixel_centers != 0);
    int32_t fraction = 0;
    if (is_q8(node.output())) {
      fraction = round_even(tap.fraction * 2048.0f);
    } else {
      std::memcpy(&fraction, &tap.fraction, sizeof(fraction));
    }
    taps->push_back({tap.low, tap.high, fraction, 0});
  }
}

void plan_bilinear(const Node& node, Recipe* recipe) {
  const inlay_tensor& in = *node.input(0);
  const inlay_tensor& out = node.output();
  const int32_t width = in.dims[3] % 4 == 0 ? 4 : 1;
  const struct {
    int32_t count, channels, in_w, in_h, out_w, out_h;
  } shape = {
      static_cast<int32_t>(element_count(out) / width), in.dims[3] / width, in.dims[2], in.dims[1], out.dims[2], out.dims[1]};
  recipe->kernel = "resize bilinear";
  if (shape.count == 0) return;
  std::vector<Tap> taps;
  add_taps(node, in.dims[2], out.dims[2], &taps);
  add_taps(node, in.dims[1], out.dims[1], &taps);
  recipe->launch("resize_bilinear", node.element_options(in.dtype) + define("COUNT", width), "resize_bilinear")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .constant(taps)
      .value(shape)
      .grid(static_cast<size_t>(shape.count));
}

const char* reject_nearest(const Node&) { return nullptr; }

void plan_nearest(const Node& node, Recipe* recipe) {
  recipe->kernel = "resize nearest";
  const inlay_tensor& in = *node.input(0);
  const inlay_tensor& out = node.output();
  if (element_count(out) == 0) return;
  const auto& params = node.params<inlay_resize>();
  TabledMove move(node, node.input_id(0));
  int64_t in_stride = in.dims[3], out_stride = in.dims[3];
  move.add_dim(in.dims[3], 1, 1);
  for (const int d : {2, 1}) {
    std::vector<int32_t> steps;
    for (int32_t i = 0; i < out.dims[d]; ++i) {
      const int64_t from =
          kernels::resize_nearest_source(i, in.dims[d], out.dims[d], params.align_corners != 0, params.half_pixel_centers != 0);
      steps.push_back(static_cast<int32_t>(from * in_stride));
    }
    move.add_table(out.dims[d], 0, out_stride, 1, std::move(steps));
    in_stride *= in.dims[d];
    out_stride *= out.dims[d];
  }
  move.add_dim(in.dims[0], in_stride, out_stride);
  move.plan(recipe);
}

}  // namespace

extern const Op op_resize_bilinear, op_resize_nearest;
const Op op_resize_bilinear = {reject_bilinear, plan_bilinear, nullptr};
const Op op_resize_nearest = {reject_nearest, plan_nearest, nullptr};

}  // namespace inlay::gpu
