// SPDX-License-Identifier: Apache-2.0
// Attention in one launch: the host's half of kernels/attention.cuh. `scores` and `answers` are the two BATCH_MATMUL of a chain that
// attention.h finds, `mask` the tensor that it adds to the scores, or -1.
#pragma once
#include "using.h"

namespace inlay::cuda {

/// Whether there is a kernel that is worth it: floats, answers of up to 128 columns, a mask that broadcasts, as much shared memory as it
/// takes; not one query by thousands of keys.
bool suits_attention(const Node& scores, const Node& answers, int32_t mask);
/// Scores are multiplied by `factor`, then the mask is added; weights are their softmax with `beta`.
void plan_attention(const Node& scores, const Node& answers, int32_t mask, float factor, float beta, Recipe* recipe);

}  // namespace inlay::cuda
