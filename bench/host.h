// SPDX-License-Identifier: Apache-2.0
// What the machine is that a benchmark ran on.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace inlay::bench {

struct Host {
  std::string cpu, os;
  std::vector<std::string> features;  ///< only those that matter to kernels
  int32_t cores = 0;                  ///< online
};

Host describe_host();
/// The largest resident set of this process so far, in bytes.
uint64_t peak_rss();
/// The resident set of this process now, in bytes.
uint64_t current_rss();

}  // namespace inlay::bench
