// SPDX-License-Identifier: Apache-2.0
// SPACE_TO_DEPTH: [n, h, w, c] -> [n, h / block, w / block, block * block * c], a block's pixels in order of rows.
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
  if (block->block_w != size || in[1] % size != 0 || in[2] % size != 0) return p.fail("height and width do not divide into blocks");
  if (size > 32767) return p.fail("the output has too many channels");
  const int64_t depth = int64_t{size} * size * in[3];
  if (depth > INT32_MAX) return p.fail("the output has too many channels");
  const int32_t dims[4] = {in[0], in[1] / size, in[2] / size, static_cast<int32_t>(depth)};
  INLAY_TRY(moved_shape(p, 4, dims));
  if (element_count(dims, 4) == 0) return INLAY_OK;  // else a block is no larger than the image, and its strides fit
  int64_t step[4];
  kernels::dense_strides(in, 4, step);
  const int64_t sizes[6] = {dims[0], dims[1], dims[2], size, size, in[3]};
  const int64_t strides[6] = {step[0], size * step[1], size * step[2], step[1], step[2], 1};
  kernels::make_strided_copy(sizes, strides, 6, 0, element_bytes, p.data<kernels::StridedCopy>());
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(space_to_depth, SPACE_TO_DEPTH, NONE, sizeof(kernels::StridedCopy), prepare, eval_strided_copy)

}  // namespace inlay
