// SPDX-License-Identifier: Apache-2.0
// Where a pipeline is cut: runs of consecutive ops, each on a device of its own, so that the slowest takes the least. Hosts only.
#pragma once
#include "inlay/graph.h"
#include "inlay/placement.h"

namespace inlay {

constexpr int32_t kMostStages = 6;

/// A stage takes its frame's tensors from the host's memory and leaves there what is read behind it: for each frame its device
/// starts once, every tensor that the stage reads and has not made goes to it, its ops run, and every one that it has made and that
/// somebody else reads comes back, one after the other. That is what a segment of a session does; whoever carries it is the stage.
struct StageProblem {
  const float* costs_us;  ///< node_count x device_count, row by row: microseconds, below 0 or NaN: it does not run there
  int32_t node_count, device_count;  ///< at most kMostStages devices; each takes one stage at most
  const inlay_graph* graph = nullptr;        ///< of node_count nodes, whose tensors travel; NULL: none do
  const inlay_device_link* links = nullptr;  ///< per device what a start and tensors cost; NULL: nothing
  const uint8_t* joined = nullptr;           ///< per node: 1: in one stage with the node before it; NULL: none is
};

/// Stage k: nodes [first[k], first[k + 1]) on device[k].
struct StageCut {
  int32_t count;
  int32_t first[kMostStages + 1];
  int32_t device[kMostStages];
  double stage_us[kMostStages];  ///< what each takes of every frame, transfers and start included
  double slowest_us;             ///< the most of those: frames can follow each other at this distance
  double total_us;               ///< their sum: what one frame takes
};

/// Bytes of memory cut_stages and weigh_stages need; 0 for counts that make no sense.
size_t cut_stages_bytes(const StageProblem& problem);
/// Finds the cut with the least slowest stage; of those, the one with the least total; of those, one with the fewest stages.
/// Exact. Time: node_count^2 * device_count * 2^device_count at most.
/// @errors BAD_ARGUMENT: the counts; MEMORY_TOO_SMALL: `memory`; NO_DEVICE: no cut runs every node.
inlay_status cut_stages(const StageProblem& problem, inlay_block memory, StageCut* out, inlay_error* error);
/// Fills in the times of a cut that is there; here a device may have several stages, and nodes may be parted that are joined.
/// @errors as above; NO_DEVICE: a stage's device does not run one of its nodes.
inlay_status weigh_stages(const StageProblem& problem, inlay_block memory, StageCut* cut, inlay_error* error);

/// Marks in `joined`, zeroed and of one byte per node, what must not be parted: a stage has its frames in order, so state that no
/// other stage touches is as the frame before has left it. @param variables whether the model has any; ops that call graphs may touch all.
void join_variables(const inlay_graph& graph, bool variables, uint8_t* joined);

}  // namespace inlay
