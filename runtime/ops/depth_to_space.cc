// SPDX-License-Identifier: Apache-2.0
// DEPTH_TO_SPACE: [n, h, w, block * block * c] -> [n, h * block, w * block, c], the inverse of SPACE_TO_DEPTH.
#include "ops/block_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_block_params* block = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(prepare_block(p, 4, &block, &element_bytes));
  const int32_t* const in = p.input(0)->dims;
  const int32_t size = block->block_h;
  if (block->block_w != size || size > 32767 || in[3] % (size * size) != 0) return p.fail("the channels do not divide into blocks");
  const int64_t height = int64_t{in[1]} * size, width = int64_t{in[2]} * size;
  if (height > INT32_MAX || width > INT32_MAX) return p.fail("the output is too large");
  const int32_t depth = in[3] / (size * size);
  const int32_t dims[4] = {in[0], static_cast<int32_t>(height), static_cast<int32_t>(width), depth};
  INLAY_TRY(moved_shape(p, 4, dims));
  int64_t step[4];
  kernels::dense_strides(in, 4, step);
  const int64_t sizes[6] = {in[0], in[1], size, in[2], size, depth};
  const int64_t strides[6] = {step[0], step[1], int64_t{size} * depth, step[2], depth, 1};
  kernels::make_strided_copy(sizes, strides, 6, 0, element_bytes, p.data<kernels::StridedCopy>());
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(depth_to_space, DEPTH_TO_SPACE, NONE, sizeof(kernels::StridedCopy), prepare, eval_strided_copy)

}  // namespace inlay
