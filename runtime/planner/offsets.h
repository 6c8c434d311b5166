// SPDX-License-Identifier: Apache-2.0
// Finds a place for every group of tensors that share memory.
#pragma once
#include "planner/sharing.h"

namespace inlay {

/// Where the groups lie.
struct Places {
  uint64_t bytes = UINT64_MAX;      ///< of the block; UINT64_MAX: none was found below 4 GiB
  std::vector<uint64_t> base;       ///< per group: a multiple of the alignment
};

/// Tries greedy orders, then a local search on the best of them, and stops at `goal` bytes.
/// Method: greedy placement by size and by breadth, as surveyed by Pisarchyk and Lee, "Efficient Memory Management for Deep
/// Neural Net Inference" (2020). A group is not a rectangle of bytes by time but a set of them: where a tensor of the group does
/// not live yet, or no longer, others may use its bytes.
Places place_groups(const std::vector<PlanItem>& items, const Sharing& sharing, uint32_t alignment, uint64_t goal);

}  // namespace inlay
