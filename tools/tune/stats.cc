// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/stats.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace inlay::tools {
namespace {

double percentile(const std::vector<double>& sorted, double percent) {
  const double rank = std::ceil(percent / 100.0 * static_cast<double>(sorted.size()));
  return sorted[static_cast<size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace

Stats summarize(std::vector<double> values) {
  Stats stats;
  if (values.empty()) return stats;
  std::sort(values.begin(), values.end());
  stats.min = values.front();
  stats.p50 = percentile(values, 50);
  stats.p90 = percentile(values, 90);
  stats.p99 = percentile(values, 99);
  stats.max = values.back();
  stats.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  for (double& value : values) value = std::abs(value - stats.p50);
  std::sort(values.begin(), values.end());
  stats.mad = percentile(values, 50);
  return stats;
}

}  // namespace inlay::tools
