// SPDX-License-Identifier: Apache-2.0
// Walks of strides: TRANSPOSE, SLICE, TILE, BROADCAST_TO, SPACE_TO_DEPTH, DEPTH_TO_SPACE, MATRIX_DIAG and MATRIX_SET_DIAG.
#include "gpu/ops/move.h"

namespace inlay::gpu {
namespace {

constexpr int32_t kRank = kernels::kCopyRank;

/// Dims of the output, the outermost first, and what a step along each is in the input. Counts elements.
struct Walk {
  int64_t sizes[kRank] = {}, strides[kRank] = {}, offset = 0;
  int32_t rank = 0;
  void add(int64_t size, int64_t stride) {
    sizes[rank] = size;
    strides[rank++] = stride;
  }
};

Walk transpose_walk(const Node& node, const int64_t* steps) {
  Walk walk;
  const auto& order = node.params<inlay_dims>();
  for (int32_t d = 0; d < order.rank; ++d) walk.add(node.input(0)->dims[order.dims[d]], steps[order.dims[d]]);
  return walk;
}

Walk slice_walk(const Node& node, const int64_t* steps) {
  Walk walk;
  const auto& slice = node.params<inlay_slice>();
  for (int32_t d = 0; d < node.input(0)->rank; ++d) {
    const int64_t size = slice.size[d], stride = slice.stride[d], begin = slice.begin[d];
    walk.add(size, size > 1 ? stride * steps[d] : 0);
    walk.offset += size > 0 ? begin * steps[d] : 0;
  }
  return walk;
}

Walk tile_walk(const Node& node, const int64_t* steps) {
  Walk walk;
  for (int32_t d = 0; d < node.input(0)->rank; ++d) {
    walk.add(node.params<inlay_dims>().dims[d], 0);
    walk.add(node.input(0)->dims[d], steps[d]);
  }
  return walk;
}

Walk broadcast_walk(const Node& node, const int64_t* steps) {
  Walk walk;
  const inlay_tensor& in = *node.input(0);
  const int32_t lead = node.output().rank - in.rank;
  for (int32_t d = 0; d < node.output().rank; ++d) {
    walk.add(node.output().dims[d], d < lead || in.dims[d - lead] == 1 ? 0 : steps[d - lead]);
  }
  return walk;
}

Walk space_to_depth_walk(const Node& node, const int64_t* steps) {
  Walk walk;
  const inlay_tensor& out = node.output();
  const int64_t size = node.params<inlay_block_params>().block_h;
  walk.add(out.dims[0], steps[0]);
  walk.add(out.dims[1], size * steps[1]);
  walk.add(out.dims[2], size * steps[2]);
  walk.add(size, steps[1]);
  walk.add(size, steps[2]);
  walk.add(node.input(0)->dims[3], 1);
  return walk;
}

Walk depth_to_space_walk(const Node& node, const int64_t* steps) {
  Walk walk;
  const inlay_tensor& in = *node.input(0);
  const int64_t size = node.params<inlay_block_params>().block_h, depth = node.output().dims[3];
  walk.add(in.dims[0], steps[0]);
  walk.add(in.dims[1], steps[1]);
  walk.add(size, size * depth);
  walk.add(in.dims[2], steps[2]);
  walk.add(size, depth);
  walk.add(depth, 1);
  return walk;
}

Walk walk_of(const Node& node) {
  int64_t steps[INLAY_MAX_RANK];
  kernels::dense_strides(node.input(0)->dims, node.input(0)->rank, steps);
  switch (node.node->kind) {
    case INLAY_OP_TRANSPOSE: return transpose_walk(node, steps);
    case INLAY_OP_SLICE: return slice_walk(node, steps);
    case INLAY_OP_TILE: return tile_walk(node, steps);
    case INLAY_OP_BROADCAST_TO: return broadcast_walk(node, steps);
    case INLAY_OP_SPACE_TO_DEPTH: return space_to_depth_walk(node, steps);
    default: return depth_to_space_walk(node, steps);
  }
}

Move move_of(const Node& node) {
  Move move = {node.input_id(0), {}, 0, nullptr};
  if (element_count(node.output()) == 0) return move;  // no walk; sizes beside a zero may be any
  const Walk walk = walk_of(node);
  kernels::make_strided_copy(walk.sizes, walk.strides, walk.rank, walk.offset,
                             static_cast<int32_t>(node.element_bytes(node.output())), &move.copy);
  return move;
}

const char* take(const Node&) { return nullptr; }

/// Variant 0: one element after the other; 1: by way of local memory.
int32_t count_variants(const Node& node) { return can_tile(move_of(node).copy) ? 2 : 1; }

void plan(const Node& node, Recipe* recipe) {
  const Move move = move_of(node);
  const kernels::StridedCopy& copy = move.copy;
  constexpr int64_t kWorthIt = 8;
  bool tiled = can_tile(copy);
  if (tiled && node.variant() == 0) tiled = copy.dims[copy.rank - 2] >= kWorthIt && copy.dims[copy.rank - 1] >= kWorthIt;
  if (node.variant() > 0) tiled = tiled && node.variant() == 2;
  recipe->kernel = tiled ? "tiled transpose" : "strided copy";
  if (tiled) {
    plan_tiled(node, move, recipe);
  } else {
    plan_move(node, move, recipe);
  }
}

/// Diagonals: of MATRIX_SET_DIAG's input 1 into a copy of input 0, of MATRIX_DIAG's input 0 into zeros.
void plan_diagonal(const Node& node, Recipe* recipe) {
  const bool set = node.node->kind == INLAY_OP_MATRIX_SET_DIAG;
  const inlay_tensor& out = node.output();
  recipe->kernel = "diagonal";
  if (set) {
    plan_copy(node, node.input_id(0), recipe);
  } else {
    plan_zeros(node, recipe);
  }
  if (element_count(out) == 0) return;
  const int64_t rows = out.dims[out.rank - 2], cols = out.dims[out.rank - 1], length = rows < cols ? rows : cols;
  const auto bytes = static_cast<int64_t>(node.element_bytes(out));
  Move move = {node.input_id(set ? 1 : 0), {}, 0, nullptr};
  move.copy.rank = 2;
  move.copy.unit = bytes;
  const int64_t sizes[2] = {element_count(out) / (rows * cols), length};
  const int64_t in_strides[2] = {length, 1}, out_strides[2] = {rows * cols, cols + 1};
  for (int d = 0; d < 2; ++d) {
    move.copy.dims[d] = sizes[d];
    move.copy.in_stride[d] = in_strides[d] * bytes;
    move.copy.out_stride[d] = out_strides[d] * bytes;
  }
  plan_move(node, move, recipe);
}

}  // namespace

extern const Op op_strided, op_diagonal;
const Op op_strided = {take, plan, count_variants};
const Op op_diagonal = {take, plan_diagonal, nullptr};

}  // namespace inlay::gpu
