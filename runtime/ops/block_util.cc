// SPDX-License-Identifier: Apache-2.0
#include "ops/block_util.h"

namespace inlay {

inlay_status prepare_block(const Prepare& p, int32_t min_rank, const inlay_block_params** block, int32_t* element_bytes) {
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_BLOCK, block));
  INLAY_TRY(movable(p, 0, element_bytes));
  INLAY_TRY(p.rank(p.input(0), min_rank, 4, "input"));
  const inlay_block_params& b = **block;
  if (b.block_h < 1 || b.block_w < 1) return p.fail("a block size is below 1");
  if (b.before_h < 0 || b.after_h < 0 || b.before_w < 0 || b.after_w < 0) return p.fail("a padding or crop is negative");
  return INLAY_OK;
}

}  // namespace inlay
