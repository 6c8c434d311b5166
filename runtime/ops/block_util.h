// SPDX-License-Identifier: Apache-2.0
// Checks shared by SPACE_TO_DEPTH, DEPTH_TO_SPACE, SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND.
#pragma once
#include "kernels/batch_space.h"
#include "ops/move_util.h"

namespace inlay {

/// One input [n, h, w, c] and one output of movable elements, and block sizes of 1 or more.
inlay_status prepare_block(const Prepare& p, int32_t min_rank, const inlay_block_params** block, int32_t* element_bytes);

}  // namespace inlay
