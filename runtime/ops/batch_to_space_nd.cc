// SPDX-License-Identifier: Apache-2.0
// BATCH_TO_SPACE_ND: [block_h * block_w * n, h, w, c] (or [block_h * n, h, c], block_w 1) woven into [n, h * block_h - crops,
// w * block_w - crops, c].
#include "ops/block_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_block_params* block = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(prepare_block(p, 3, &block, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  const int32_t* const in = input->dims;
  const int32_t rank = input->rank, width = rank == 4 ? in[2] : 1;
  if (rank == 3 && (block->block_w != 1 || block->before_w != 0 || block->after_w != 0)) return p.fail("an input of rank 3 has no width");
  const int64_t blocks = int64_t{block->block_h} * block->block_w;
  if (blocks > INT32_MAX || in[0] % blocks != 0) return p.fail("the batch does not divide into blocks");
  const int64_t h = int64_t{in[1]} * block->block_h - block->before_h - block->after_h;
  const int64_t w = int64_t{width} * block->block_w - block->before_w - block->after_w;
  if (h < 0 || w < 0 || h > INT32_MAX || w > INT32_MAX) return p.fail("the crops are larger than the image, or the image is too large");
  const auto images = static_cast<int32_t>(in[0] / blocks), out_h = static_cast<int32_t>(h), out_w = static_cast<int32_t>(w);
  const int32_t dims[4] = {images, out_h, rank == 4 ? out_w : in[2], last_dim(*input)};
  INLAY_TRY(moved_shape(p, rank, dims));
  *p.data<kernels::BatchSpace>() = {images,         out_h,          out_w,           in[1],           width,
                                    block->block_h, block->block_w, block->before_h, block->before_w, 0,
                                    int64_t{last_dim(*input)} * element_bytes};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::batch_to_space(*e.data<kernels::BatchSpace>(), e.input<void>(0), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(batch_to_space_nd, BATCH_TO_SPACE_ND, NONE, sizeof(kernels::BatchSpace), prepare, eval)

}  // namespace inlay
