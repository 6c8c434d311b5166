// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/place.h"

#include <algorithm>
#include <cstddef>

namespace inlay::tools {
namespace {

using Row = std::vector<Nanos>;

/// The costs of one op with those in the noise of the cheapest made equal to it.
Row settle(const Row& cost, const Row& noise) {
  Row settled = cost;
  const auto cheapest = std::min_element(cost.begin(), cost.end()) - cost.begin();
  const Nanos least = cost[static_cast<size_t>(cheapest)];
  if (noise.empty() || least == kRefused) return settled;
  for (size_t d = 0; d < cost.size(); ++d) {
    if (cost[d] != kRefused && cost[d] - least <= noise[d] + noise[static_cast<size_t>(cheapest)]) settled[d] = least;
  }
  return settled;
}

Nanos change_of(const PlaceProblem& p, size_t from, size_t to) { return p.change.empty() ? 0 : p.change[from][to]; }

/// The cheapest way on from device `from`: the first device that has it, and its cost.
size_t best_next(const PlaceProblem& p, const Row& rest, size_t from, bool first, Nanos* least) {
  size_t best = 0;
  *least = kRefused;
  for (size_t d = 0; d < rest.size(); ++d) {
    if (rest[d] == kRefused) continue;
    const Nanos total = rest[d] + (first ? 0 : change_of(p, from, d));
    if (total >= *least) continue;
    *least = total;
    best = d;
  }
  return best;
}

bool all_refuse(const Row& cost) {
  return std::all_of(cost.begin(), cost.end(), [](Nanos c) { return c == kRefused; });
}

/// Ops [begin, end) that have a device each.
void place_run(const PlaceProblem& p, size_t begin, size_t end, std::vector<int32_t>* out) {
  std::vector<Row> rest(end - begin);  // from op begin + i on, when it runs on a device
  for (size_t i = rest.size(); i-- > 0;) {
    rest[i] = settle(p.cost[begin + i], p.noise.empty() ? Row() : p.noise[begin + i]);
    if (i + 1 == rest.size()) continue;
    for (size_t d = 0; d < rest[i].size(); ++d) {
      if (rest[i][d] == kRefused) continue;
      Nanos onward = 0;
      best_next(p, rest[i + 1], d, false, &onward);
      rest[i][d] += onward;
    }
  }
  size_t device = 0;
  for (size_t i = 0; i < rest.size(); ++i) {
    Nanos ignored = 0;
    device = best_next(p, rest[i], device, i == 0, &ignored);
    (*out)[begin + i] = static_cast<int32_t>(device);
  }
}

}  // namespace

std::vector<int32_t> place_ops(const PlaceProblem& p) {
  std::vector<int32_t> out(p.cost.size(), -1);
  for (size_t begin = 0; begin < p.cost.size();) {
    size_t end = begin;
    while (end < p.cost.size() && !all_refuse(p.cost[end])) ++end;
    if (end > begin) place_run(p, begin, end, &out);
    begin = end + 1;
  }
  return out;
}

Nanos cost_of(const PlaceProblem& p, const std::vector<int32_t>& assignment) {
  Nanos sum = 0;
  for (size_t i = 0; i < assignment.size(); ++i) {
    if (assignment[i] < 0) continue;
    const auto device = static_cast<size_t>(assignment[i]);
    sum += p.cost[i][device];
    if (i > 0 && assignment[i - 1] >= 0) sum += change_of(p, static_cast<size_t>(assignment[i - 1]), device);
  }
  return sum;
}

}  // namespace inlay::tools
