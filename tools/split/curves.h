// SPDX-License-Identifier: Apache-2.0
// What a part of an op takes, from what some sizes of it were measured to take.
#pragma once
#include <map>
#include <tuple>
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
  /// A part was refused: nothing is known, whatever is added.
  void refuse() { refused_ = true; }
  bool empty() const { return points_.empty() || refused_; }
  Nanos at(double share) const;

 private:
  std::map<double, Nanos> points_;
  bool refused_ = false;
};

/// The curves of a graph's ops on the devices of a placement problem: by rows or pixels, and by features where that is another cut.
class Curves {
 public:
  Curve& of(int32_t node, int32_t device, bool features = false) { return curves_[{node, device, features}]; }
  /// -1: not known there, or refused.
  Nanos cost(int32_t node, int32_t device, double share, bool features = false) const;
  /// What the host takes to put parts by features beside each other, a copy; -1: not known.
  void set_join(int32_t node, Nanos cost) { joins_[node] = cost; }
  Nanos join(int32_t node) const;

 private:
  std::map<std::tuple<int32_t, int32_t, bool>, Curve> curves_;
  std::map<int32_t, Nanos> joins_;
};

/// Splits of every op of its own that can be split, for measuring parts: by rows or, where these are too few, pixels; or by features
/// where a search would look at those. `quarters`: of the first part, 1 or 2.
std::vector<Split> probe_splits(const Graph& graph, int32_t quarters, Cut cut);
/// Is another cut than by rows worth a look? Rows are many, or there is no such cut: no.
bool worth_cutting(const Tensor& tensor, Cut cut);

}  // namespace inlay::tools
