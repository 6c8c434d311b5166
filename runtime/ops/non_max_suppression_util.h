// SPDX-License-Identifier: Apache-2.0
// NON_MAX_SUPPRESSION_V4 and V5.
#pragma once
#include "ops/op_util.h"

namespace inlay {

constexpr size_t kNmsDataBytes = 2 * sizeof(int32_t);

/// Inputs: boxes float32 [n, 4] (two opposite corners: y, x, y, x), scores float32 [n], the constant number of results m (int32,
/// one element), overlap threshold and score threshold (float32, one element). soft: also sigma.
/// Outputs: indices int32 [m], with soft also scores float32 [m], and the count int32 []; what lies behind the count is 0.
inlay_status prepare_nms(const Prepare& p, bool soft);
inlay_status eval_nms(const Eval& e, bool soft);

}  // namespace inlay
