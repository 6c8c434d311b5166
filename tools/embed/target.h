// SPDX-License-Identifier: Apache-2.0
// The boards that `inlay embed` and `inlay inspect --target` know.
#pragma once
#include <string>
#include <vector>

namespace inlay::tools {

/// A processor, as far as a prepared model depends on it.
struct Target {
  const char* name;    ///< "cortex-m4"
  const char* device;  ///< builtin's device whose kernels it runs: "reference", "dsp", "mve"
  int pointer_bytes;
};

/// By name; throws Error that lists them all.
const Target& find_target(const std::string& name);
std::vector<std::string> target_names();

}  // namespace inlay::tools
