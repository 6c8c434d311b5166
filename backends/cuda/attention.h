// SPDX-License-Identifier: Apache-2.0
// Finds attention in a segment: BATCH_MATMUL, then a MUL by a number and an ADD of a mask where they are there, SOFTMAX, BATCH_MATMUL, all
// of floats and read by nobody else. One launch computes it (kernels/attention.cuh), and the scores need no memory.
#pragma once
#include "kernels/attention_types.h"
#include "gpu/sums.h"
#include "using.h"

namespace inlay::cuda {

/// One such chain.
struct AttentionNodes {
  std::vector<int32_t> nodes;  ///< of the graph, the two products first and last
  int32_t mask;                ///< the tensor that is added, -1: none
  float factor, beta;
};

class AttentionChains {
 public:
  /// Takes those chains of the segment for which there is a kernel, in which no node's variant was chosen, and whose ADD is not one of
  /// `sums`.
  AttentionChains(const inlay_segment& segment, const Caps& caps, const std::vector<FusedSum>& sums);
  AttentionChains(const AttentionChains&) = delete;
  AttentionChains& operator=(const AttentionChains&) = delete;

  /// Makes one node of every chain for the plan of memory: where the last one is, it reads what the chain does. `graph` has the
  /// segment's nodes, and those of this object from then on.
  void merge(inlay_graph* graph);
  /// Plans the nodes of chains anew: the last one of each launches it all, the others nothing. recipes: of the segment's nodes.
  void plan(const inlay_segment& segment, const Caps& caps, std::vector<Recipe>* recipes) const;
  const std::vector<AttentionNodes>& chains() const { return chains_; }

 private:
  const inlay_graph* graph_;
  std::vector<AttentionNodes> chains_;
  std::vector<inlay_node> merged_;
  std::vector<std::vector<int32_t>> wires_;  ///< inputs of the merged nodes
};

}  // namespace inlay::cuda
