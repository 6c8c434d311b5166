// SPDX-License-Identifier: Apache-2.0
// The ops of one graph, prepared on this host for another processor.
#pragma once
#include <utility>
#include <vector>

#include "inlay/prepared.h"
#include "tools/embed/target.h"
#include "tools/graph/aligned.h"

namespace inlay::tools {

/// Throws Error when an op refuses.
class PreparedSteps {
 public:
  PreparedSteps(const inlay_model* model, int32_t graph, const Target& target);

  const inlay_steps* compiled = nullptr;
  std::vector<inlay_step_note> notes;  ///< one per node

  size_t scratch() const { return scratch_; }
  const unsigned char* memory() const { return memory_.data(); }
  /// Where in memory() the data of a node and all it has allocated lie: offset and bytes.
  std::pair<size_t, size_t> extent(int32_t node) const;

 private:
  Aligned memory_;  // zeroed: what lies between two pieces goes into flash, too
  size_t bytes_ = 0, scratch_ = 0;
};

}  // namespace inlay::tools
