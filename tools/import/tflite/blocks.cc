// SPDX-License-Identifier: Apache-2.0
// Blocks of pixels into the channels or the batch, and back.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

void depth(OpReader& r, uint16_t kind, int32_t block_size) {
  inlay_block_params block = {};
  block.block_h = block.block_w = block_size;
  r.node.kind = kind;
  r.node.params = block;
}

void batch(OpReader& r, uint16_t kind) {
  const size_t rank = r.input(0).shape.size();
  if (rank != 3 && rank != 4) r.fail("its input has " + std::to_string(rank) + " dims, 3 or 4 are supported");
  const std::vector<int32_t> sizes = r.constant_ints(1, "the block shape"), borders = r.constant_ints(2, "the paddings or crops");
  if (sizes.size() != rank - 2 || borders.size() != 2 * sizes.size()) r.fail("needs a block size and two borders per dim of the image");
  inlay_block_params block = {sizes[0], 1, borders[0], borders[1], 0, 0};
  if (rank == 4) {
    block.block_w = sizes[1];
    block.before_w = borders[2];
    block.after_w = borders[3];
  }
  r.node.kind = kind;
  r.node.params = block;
  r.keep_inputs(1);
}

}  // namespace

void read_space_to_depth(OpReader& r) { depth(r, INLAY_OP_SPACE_TO_DEPTH, r.options<tfl::SpaceToDepthOptions>().block_size()); }
void read_depth_to_space(OpReader& r) { depth(r, INLAY_OP_DEPTH_TO_SPACE, r.options<tfl::DepthToSpaceOptions>().block_size()); }
void read_space_to_batch(OpReader& r) { batch(r, INLAY_OP_SPACE_TO_BATCH_ND); }
void read_batch_to_space(OpReader& r) { batch(r, INLAY_OP_BATCH_TO_SPACE_ND); }

}  // namespace inlay::tools::tflite_import
