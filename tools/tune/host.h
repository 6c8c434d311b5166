// SPDX-License-Identifier: Apache-2.0
// What the machine is that something was measured on.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace inlay::tools {

struct Host {
  std::string cpu, os;
  std::string machine;                ///< "x86_64", "aarch64", ...
  std::vector<std::string> features;  ///< only those that matter to kernels
  int32_t cores = 0;                  ///< online
};

Host describe_host();

}  // namespace inlay::tools
