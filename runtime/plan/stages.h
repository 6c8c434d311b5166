// SPDX-License-Identifier: Apache-2.0
// Where a pipeline is cut: runs of consecutive ops, each on a device of its own, so that the slowest takes the least. Hosts only.
#pragma once
#include "inlay/inlay.h"

namespace inlay {

constexpr int32_t kMostStages = 6;

struct StageProblem {
  const float* costs_us;  ///< node_count x device_count, row by row: microseconds, below 0 or NaN: it does not run there
  int32_t node_count, device_count;  ///< at most kMostStages devices; each takes one stage at most
};

/// Stage k: nodes [first[k], first[k + 1]) on device[k].
struct StageCut {
  int32_t count;
  int32_t first[kMostStages + 1];
  int32_t device[kMostStages];
  double slowest_us;  ///< frames can follow each other at this distance
  double total_us;    ///< what one frame takes
};

/// Bytes of memory cut_stages needs; 0 for counts that make no sense.
size_t cut_stages_bytes(const StageProblem& problem);
/// Finds the cut with the least slowest stage; of those, the one with the least total; of those, one with the fewest stages.
/// Exact.
/// @errors BAD_ARGUMENT: the counts; MEMORY_TOO_SMALL: `memory`; NO_DEVICE: no cut runs every node.
inlay_status cut_stages(const StageProblem& problem, inlay_block memory, StageCut* out, inlay_error* error);

}  // namespace inlay
