// SPDX-License-Identifier: Apache-2.0
// Where activations lie: lifetimes, sharing, arena offsets. No heap: the caller brings the working memory.
#pragma once
#include "inlay/graph.h"
#include "inlay/op.h"

namespace inlay {

/// How output 0 of an op may share memory with input 0 (the alias column of ops.inc). Custom ops never share.
inlay_alias alias_of_kind(int32_t kind);

/// One tensor, or the buffer that several tensors share.
struct PlanItem {
  uint64_t bytes;   ///< 0 for tensors outside the planned block
  int32_t first;    ///< node that writes it; -1: a graph input
  int32_t last;     ///< last node that reads it; node_count: a graph output
  int32_t root;     ///< the tensor whose buffer this one uses; itself for a root. A root's first, last span all of its tensors
  uint32_t offset;  ///< in the planned block
  bool planned;     ///< a root, or a tensor that lies in a root's buffer
};

/// Fills items[0..tensor_count) with sizes and lifetimes, each its own root.
void plan_lifetimes(const inlay_graph& graph, PlanItem* items);
/// Lets outputs share their input's buffer where the alias rules allow it. With `offsets`, only where the offsets agree.
void plan_aliases(const inlay_graph& graph, PlanItem* items, const uint32_t* offsets);
/// Largest sum of live roots at any op: no placement can be smaller.
uint64_t plan_lower_bound(const inlay_graph& graph, const PlanItem* items);

/// Working memory of plan_offsets: tensor_count values each.
struct PlanScratch {
  int32_t* order;
  int32_t* placed;
  uint32_t* best;
  uint64_t* breadth;
};
/// Finds offsets (multiples of `alignment`) and returns the bytes of the block. Tries several greedy orders, then up to `effort`
/// improvements of the best; stops at `goal`.
/// Method: greedy placement by size and by breadth, as surveyed by Pisarchyk and Lee, "Efficient Memory Management for Deep
/// Neural Net Inference" (2020); then local search on the order of placement.
uint64_t plan_offsets(const inlay_graph& graph, PlanItem* items, const PlanScratch& scratch, uint32_t alignment, uint64_t goal,
                      int effort);

/// True when no two buffers that live at the same time overlap and every one ends at or before `planned_bytes`.
/// `items` come from plan_lifetimes and plan_aliases(offsets); `active` holds tensor_count values.
bool plan_is_sound(const inlay_graph& graph, const PlanItem* items, uint64_t planned_bytes, int32_t* active, int32_t* bad_a,
                   int32_t* bad_b);

}  // namespace inlay
