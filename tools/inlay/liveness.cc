// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/liveness.h"

#include <algorithm>

#include "plan/plan.h"

namespace inlay::tools {

LiveBytes live_bytes(const inlay_graph& graph, const uint32_t* offsets) {
  std::vector<PlanItem> items(static_cast<size_t>(graph.tensor_count));
  plan_lifetimes(graph, items.data());
  std::vector<std::vector<const PlanItem*>> born(static_cast<size_t>(graph.node_count) + 1);
  for (size_t t = 0; t < items.size(); ++t) {
    items[t].offset = offsets[t];
    if (items[t].planned && items[t].bytes > 0) born[static_cast<size_t>(items[t].first + 1)].push_back(&items[t]);
  }
  std::vector<const PlanItem*> alive = born[0];
  LiveBytes live;
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const std::vector<const PlanItem*>& more = born[static_cast<size_t>(n) + 1];
    alive.insert(alive.end(), more.begin(), more.end());
    alive.erase(std::remove_if(alive.begin(), alive.end(), [n](const PlanItem* item) { return item->last < n; }), alive.end());
    std::sort(alive.begin(), alive.end(), [](const PlanItem* a, const PlanItem* b) { return a->offset < b->offset; });
    uint64_t sum = 0, end = 0, all = 0;
    for (const PlanItem* item : alive) {
      const uint64_t stop = item->offset + item->bytes;
      if (stop > end) sum += stop - std::max<uint64_t>(end, item->offset);
      end = std::max(end, stop);
      all += item->bytes;
    }
    live.shared.push_back(sum);
    live.unshared.push_back(all);
  }
  return live;
}

}  // namespace inlay::tools
