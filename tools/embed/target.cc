// SPDX-License-Identifier: Apache-2.0
#include "tools/embed/target.h"

#include "tools/graph/ir.h"

namespace inlay::tools {
namespace {

// Of M4 and M7 those with an FPU are meant, as of the faster kernels.
constexpr Target kTargets[] = {
    {"portable", "reference", 4}, {"cortex-m0plus", "reference", 4}, {"cortex-m3", "reference", 4}, {"cortex-m4", "dsp", 4},
    {"cortex-m7", "dsp", 4},      {"cortex-m33", "dsp", 4},          {"cortex-m55", "mve", 4},
};

}  // namespace

std::vector<std::string> target_names() {
  std::vector<std::string> names;
  for (const Target& t : kTargets) names.push_back(t.name);
  return names;
}

const Target& find_target(const std::string& name) {
  std::string known;
  for (const Target& t : kTargets) {
    if (name == t.name) return t;
    known += std::string(known.empty() ? "" : ", ") + t.name;
  }
  throw Error("no target '" + name + "'; there are " + known);
}

}  // namespace inlay::tools
