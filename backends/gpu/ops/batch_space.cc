// SPDX-License-Identifier: Apache-2.0
// SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: blocks of pixels that go into the batch and come back.
#include "gpu/ops/move.h"

namespace inlay::gpu {
namespace {

/// Both sides; see kernels/batch_space.h. Counts elements.
struct Sides {
  int64_t images, space_h, space_w, batch_h, batch_w, block_h, block_w, top, left, pixel;
  int64_t batch_image() const { return batch_h * batch_w * pixel; }
};

Sides sides_of(const Node& node, const inlay_tensor& space, const inlay_tensor& batch) {
  const auto& b = node.params<inlay_block_params>();
  const bool wide = space.rank == 4;
  return {space.dims[0], space.dims[1], wide ? space.dims[2] : 1, batch.dims[1], wide ? batch.dims[2] : 1, b.block_h, b.block_w,
          b.before_h,    b.before_w,    last_dim(space)};
}

const char* reject(const Node&) { return nullptr; }

void plan_to_batch(const Node& node, Recipe* recipe) {
  const inlay_tensor& space = *node.input(0);
  recipe->kernel = "space to batch";
  if (element_count(node.output()) == 0) return;
  const Sides s = sides_of(node, space, node.output());
  const auto places = [](int64_t padded, int64_t before, int64_t size, int64_t stride) {
    std::vector<int32_t> out;
    for (int64_t i = -before; i < padded - before; ++i) out.push_back(i < 0 || i >= size ? -1 : static_cast<int32_t>(i * stride));
    return out;
  };
  TabledMove move(node, node.input_id(0));
  move.set_filling(is_q8(space) ? zero_point_of(&space) : 0);
  move.add_dim(s.pixel, 1, 1);
  move.add_key(s.batch_w, s.pixel, s.block_w);
  move.add_table(s.block_w, 0, s.images * s.batch_image(), 1, places(s.batch_w * s.block_w, s.left, s.space_w, s.pixel));
  move.add_key(s.batch_h, s.batch_w * s.pixel, s.block_h);
  move.add_table(s.block_h, 0, s.block_w * s.images * s.batch_image(), 1,
                 places(s.batch_h * s.block_h, s.top, s.space_h, s.space_w * s.pixel));
  move.add_dim(s.images, s.space_h * s.space_w * s.pixel, s.batch_image());
  move.plan(recipe);
}

void plan_to_space(const Node& node, Recipe* recipe) {
  recipe->kernel = "batch to space";
  if (element_count(node.output()) == 0) return;
  const Sides s = sides_of(node, node.output(), *node.input(0));
  const auto places = [](int64_t size, int64_t crop, int64_t block, int64_t phase_stride, int64_t stride) {
    std::vector<int32_t> out;
    for (int64_t i = crop; i < size + crop; ++i)
      out.push_back(static_cast<int32_t>(i % block * phase_stride + i / block * stride));
    return out;
  };
  const int64_t phase = s.images * s.batch_image();
  TabledMove move(node, node.input_id(0));
  move.add_dim(s.pixel, 1, 1);
  move.add_table(s.space_w, 0, s.pixel, 1, places(s.space_w, s.left, s.block_w, phase, s.pixel));
  move.add_table(s.space_h, 0, s.space_w * s.pixel, 1,
                 places(s.space_h, s.top, s.block_h, s.block_w * phase, s.batch_w * s.pixel));
  move.add_dim(s.images, s.batch_image(), s.space_h * s.space_w * s.pixel);
  move.plan(recipe);
}

}  // namespace

extern const Op op_space_to_batch, op_batch_to_space;
const Op op_space_to_batch = {reject, plan_to_batch, nullptr};
const Op op_batch_to_space = {reject, plan_to_space, nullptr};

}  // namespace inlay::gpu
