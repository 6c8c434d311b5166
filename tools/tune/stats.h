// SPDX-License-Identifier: Apache-2.0
// Numbers about a list of times.
#pragma once
#include <vector>

namespace inlay::tools {

struct Stats {
  double min = 0, p50 = 0, p90 = 0, p99 = 0, max = 0, mean = 0;
  double mad = 0;  ///< median absolute deviation from p50: a spread that outliers do not move
};

/// Percentiles by nearest rank: each is a time that was measured. All 0 for an empty list.
Stats summarize(std::vector<double> values);

}  // namespace inlay::tools
