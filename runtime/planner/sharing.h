// SPDX-License-Identifier: Apache-2.0
// Which tensors share memory, and what that leaves as the lower bound of any plan.
#pragma once
#include <vector>

#include "plan/plan.h"

namespace inlay {

/// What a plan may share; the planner tries all of it first.
enum class Share {
  kNothing,
  kSamePlace,    ///< in place and reshapes
  kInside,       ///< slices and concatenations, too
  kInsideJoined  ///< the same, but what a concatenation may hold is not computed in place in a part of another tensor
};

/// Tensors in groups: all of one group move together, tensor t at delta[t] behind the place of its group.
struct Sharing {
  std::vector<int32_t> group;                 ///< per tensor: the group's number, -1 for tensors outside the planned block
  std::vector<int64_t> delta;                 ///< per tensor, >= 0
  std::vector<std::vector<int32_t>> members;  ///< per group; empty where it was merged into another
};

/// Groups as large as the rules of runtime/plan allow, so that plan_is_sound will accept them wherever the groups are put.
Sharing share(const inlay_graph& graph, const std::vector<PlanItem>& items, Share how);

/// Most bytes alive at any op (before the first and behind the last one included), bytes that tensors share counted once.
uint64_t lower_bound(const inlay_graph& graph, const std::vector<PlanItem>& items, const Sharing& sharing);

}  // namespace inlay
