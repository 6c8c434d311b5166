// SPDX-License-Identifier: Apache-2.0
#include "tools/split/curves.h"

#include <algorithm>
#include <cmath>

#include "tools/graph/uses.h"

namespace inlay::tools {

Nanos Curve::at(double share) const {
  const auto last = std::prev(points_.end());
  if (points_.size() == 1) return static_cast<Nanos>(std::llround(static_cast<double>(last->second) * share / last->first));
  auto above = points_.lower_bound(share);
  if (above == points_.begin()) ++above;
  if (above == points_.end()) above = last;
  const auto below = std::prev(above);
  const double slope = static_cast<double>(above->second - below->second) / (above->first - below->first);
  const double value = static_cast<double>(below->second) + slope * (share - below->first);
  // Noise may make the line end below nothing: a part is never cheaper than its share of the smallest size that is known.
  const double least = static_cast<double>(points_.begin()->second) * std::min(share / points_.begin()->first, 1.0);
  return static_cast<Nanos>(std::llround(share < points_.begin()->first ? std::max(value, least) : value));
}

Nanos Curves::cost(int32_t node, int32_t device, double share, bool features) const {
  const auto found = curves_.find({node, device, features});
  return found == curves_.end() || found->second.empty() ? -1 : found->second.at(share);
}

Nanos Curves::join(int32_t node) const {
  const auto found = joins_.find(node);
  return found == joins_.end() ? -1 : found->second;
}

bool worth_cutting(const Tensor& tensor, Cut cut) {
  if (axis_of(tensor, cut) < 0) return false;
  return cut == Cut::kRows || extent_of(tensor, split_axis(tensor)) < kManyRows;
}

std::vector<Split> probe_splits(const Graph& graph, int32_t quarters, Cut cut) {
  std::vector<Split> out;
  for (int32_t n = 0; n < static_cast<int32_t>(graph.nodes.size()); ++n) {
    const std::vector<int32_t>& written = graph.nodes[static_cast<size_t>(n)].outputs;
    if (written.size() != 1 || written[0] < 0) continue;
    const Tensor& tensor = tensor_at(graph, written[0]);
    for (const Cut way : {cut, cut == Cut::kRows ? Cut::kPixels : cut}) {
      if (!worth_cutting(tensor, way)) continue;
      const int32_t extent = extent_of(tensor, axis_of(tensor, way));
      const Split split = {{n}, {0, extent * quarters / 4, extent}, {}, way, true};
      if (!refusal(graph, split).empty()) continue;
      out.push_back(split);
      break;
    }
  }
  return out;
}

}  // namespace inlay::tools
