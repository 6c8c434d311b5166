// SPDX-License-Identifier: Apache-2.0
#include "core/checked.h"
#include "plan/plan.h"

namespace inlay {
namespace {

bool overlap_in_time(const PlanItem& a, const PlanItem& b) { return a.first <= b.last && b.first <= a.last; }

/// Lowest offset where `item` fits among the placed ones, which are sorted by offset.
uint64_t first_fit(const PlanItem* items, const int32_t* placed, int32_t count, const PlanItem& item, uint32_t alignment) {
  uint64_t at = 0;
  for (int32_t i = 0; i < count; ++i) {
    const PlanItem& other = items[placed[i]];
    if (!overlap_in_time(item, other)) continue;
    if (at + item.bytes <= other.offset) break;
    const uint64_t end = align_up<uint64_t>(other.offset + other.bytes, alignment);
    if (end > at) at = end;
  }
  return at;
}

/// Places the items in the order given; returns the bytes of the block, or UINT64_MAX when offsets leave 32 bits.
uint64_t place(PlanItem* items, const int32_t* order, int32_t count, int32_t* placed, uint32_t alignment) {
  uint64_t top = 0;
  for (int32_t i = 0; i < count; ++i) {
    PlanItem& item = items[order[i]];
    const uint64_t at = first_fit(items, placed, i, item, alignment);
    if (at + item.bytes >= INLAY_NOT_PLANNED) return UINT64_MAX;
    item.offset = static_cast<uint32_t>(at);
    int32_t slot = i;
    for (; slot > 0 && items[placed[slot - 1]].offset > item.offset; --slot) placed[slot] = placed[slot - 1];
    placed[slot] = order[i];
    if (at + item.bytes > top) top = at + item.bytes;
  }
  return top;
}

/// Sorts `order` by decreasing key; insertion sort, stable, no heap.
template <typename Key>
void sort_by(int32_t* order, int32_t count, Key key) {
  for (int32_t i = 1; i < count; ++i) {
    const int32_t moved = order[i];
    const uint64_t k = key(moved);
    int32_t j = i;
    for (; j > 0 && key(order[j - 1]) < k; --j) order[j] = order[j - 1];
    order[j] = moved;
  }
}

/// Keeps the best placement seen.
struct Best {
  uint64_t bytes = UINT64_MAX;
  uint32_t* offsets;

  void offer(uint64_t bytes_now, const PlanItem* items, int32_t tensor_count) {
    if (bytes_now >= bytes) return;
    bytes = bytes_now;
    for (int32_t t = 0; t < tensor_count; ++t) offsets[t] = items[t].offset;
  }
};

int32_t collect_roots(const inlay_graph& graph, const PlanItem* items, int32_t* order) {
  int32_t count = 0;
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    if (items[t].planned && items[t].root == t) order[count++] = t;
  }
  return count;
}

/// Live bytes at the busiest op of the item's life: breadth first means that crowded ops are served first.
uint64_t breadth(const PlanItem* items, const int32_t* roots, int32_t count, const PlanItem& item) {
  uint64_t most = 0;
  for (int32_t n = item.first; n <= item.last; ++n) {
    uint64_t live = 0;
    for (int32_t i = 0; i < count; ++i) {
      const PlanItem& other = items[roots[i]];
      if (other.first <= n && n <= other.last) live += other.bytes;
    }
    if (live > most) most = live;
  }
  return most;
}

/// Moves the item that ends at the top to the front of the order, or shuffles a little: a small deterministic local search.
void perturb(const PlanItem* items, int32_t* order, int32_t count, uint64_t top, uint32_t* seed) {
  *seed = *seed * 1664525u + 1013904223u;
  int32_t from = static_cast<int32_t>((*seed >> 8) % static_cast<uint32_t>(count));
  if ((*seed & 64u) == 0) {
    for (int32_t i = 0; i < count; ++i) {
      if (items[order[i]].offset + items[order[i]].bytes == top) from = i;
    }
  }
  const int32_t to = from == 0 ? count - 1 : static_cast<int32_t>((*seed >> 20) % static_cast<uint32_t>(from));
  const int32_t moved = order[from];
  for (int32_t i = from; i > to; --i) order[i] = order[i - 1];
  for (int32_t i = from; i < to; ++i) order[i] = order[i + 1];
  order[to] = moved;
}

}  // namespace

uint64_t plan_offsets(const inlay_graph& graph, PlanItem* items, const PlanScratch& scratch, uint32_t alignment, uint64_t goal,
                      int effort) {
  int32_t* order = scratch.order;
  const int32_t count = collect_roots(graph, items, order);
  Best best;
  best.offsets = scratch.best;
  const auto try_order = [&] { best.offer(place(items, order, count, scratch.placed, alignment), items, graph.tensor_count); };
  try_order();
  sort_by(order, count, [&](int32_t t) { return items[t].bytes; });
  try_order();
  if (best.bytes > goal) {
    // The order by size is the tie-break: the sort is stable.
    for (int32_t i = 0; i < count; ++i) scratch.breadth[order[i]] = breadth(items, order, count, items[order[i]]);
    sort_by(order, count, [&](int32_t t) { return scratch.breadth[t]; });
    try_order();
  }
  if (best.bytes > goal && count > 1) {
    sort_by(order, count, [&](int32_t t) { return items[t].bytes; });
    uint32_t seed = 12345;
    for (int trial = 0; trial < effort && best.bytes > goal; ++trial) {
      const uint64_t top = place(items, order, count, scratch.placed, alignment);
      best.offer(top, items, graph.tensor_count);
      perturb(items, order, count, top, &seed);
    }
  }
  for (int32_t t = 0; t < graph.tensor_count; ++t) items[t].offset = scratch.best[t];
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    if (items[t].planned) items[t].offset = items[items[t].root].offset;
  }
  return best.bytes;
}

}  // namespace inlay
