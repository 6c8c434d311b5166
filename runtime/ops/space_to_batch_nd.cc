// SPDX-License-Identifier: Apache-2.0
// SPACE_TO_BATCH_ND: [n, h, w, c] (or [n, h, c], block_w 1) padded by real 0 and cut into [block_h * block_w * n, h', w', c].
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
  const int64_t h = int64_t{in[1]} + block->before_h + block->after_h, w = int64_t{width} + block->before_w + block->after_w;
  if (h % block->block_h != 0 || w % block->block_w != 0) return p.fail("the padded height or width does not divide into blocks");
  const int64_t blocks = int64_t{block->block_h} * block->block_w;
  if (h > INT32_MAX || w > INT32_MAX || blocks > INT32_MAX || blocks * in[0] > INT32_MAX) return p.fail("the output is too large");
  const auto out_h = static_cast<int32_t>(h / block->block_h), out_w = static_cast<int32_t>(w / block->block_w);
  const int32_t dims[4] = {static_cast<int32_t>(blocks * in[0]), out_h, rank == 4 ? out_w : in[2], last_dim(*input)};
  INLAY_TRY(moved_shape(p, rank, dims));
  const bool one_byte = element_bytes == 1 && is_quantized_dtype(input->dtype);
  *p.data<kernels::BatchSpace>() = {in[0],          in[1],          width,           out_h,          out_w,
                                    block->block_h, block->block_w, block->before_h, block->before_w,
                                    one_byte ? zero_point_of(input) : 0, int64_t{last_dim(*input)} * element_bytes};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::space_to_batch(*e.data<kernels::BatchSpace>(), e.input<void>(0), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(space_to_batch_nd, SPACE_TO_BATCH_ND, NONE, sizeof(kernels::BatchSpace), prepare, eval)

}  // namespace inlay
