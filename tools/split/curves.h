// SPDX-License-Identifier: Apache-2.0
// What a part of an op takes, from what some sizes of it were measured to take.
#pragma once
#include <map>
#include <vector>

#include "plan/place.h"
#include "tools/split/layout.h"

namespace inlay::tools {

/// Time by the share of an op's output, straight between the sizes that are known. Below the smallest the line goes on, so that a
/// fixed cost stays; with one size known there is none.
class Curve {
 public:
  /// `share`: above 0, at most 1.
  void add(double share, Nanos cost) { points_[share] = cost; }
  bool empty() const { return points_.empty(); }
  Nanos at(double share) const;

 private:
  std::map<double, Nanos> points_;
};

/// The curves of a graph's ops on the devices of a placement problem.
class Curves {
 public:
  Curve& of(int32_t node, int32_t device) { return curves_[{node, device}]; }
  /// -1: not known there, or refused.
  Nanos cost(int32_t node, int32_t device, double share) const;

 private:
  std::map<std::pair<int32_t, int32_t>, Curve> curves_;
};

/// Splits of every op of its own that can be split, for measuring parts: one list per number of quarters that the first part has.
/// `quarters`: 1 or 2. Ops with too few rows for it are left out.
std::vector<Split> probe_splits(const Graph& graph, int32_t quarters);

}  // namespace inlay::tools
