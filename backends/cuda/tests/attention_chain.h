// SPDX-License-Identifier: Apache-2.0
// Attention as a graph: BATCH_MATMUL (queries by keys), MUL, ADD of a mask, SOFTMAX, BATCH_MATMUL (by values), in float32 or int8, run by
// any backend.
#pragma once
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

#include "inlay/backend.h"

namespace inlay::cuda {

/// What the chain is made from: scores of `queries` by `keys` of `heads`, sums over `depth`, answers of `width`.
struct ChainShape {
  int32_t heads, queries, keys, depth, width;
  bool scaled;              ///< there is a MUL
  std::vector<int32_t> mask;  ///< dims of what is added; empty: there is no ADD
  bool keys_turned;         ///< keys lie [depth][keys]
};

class AttentionChain {
 public:
  AttentionChain(const ChainShape& shape, uint8_t dtype, uint32_t seed);
  AttentionChain(const AttentionChain&) = delete;
  AttentionChain& operator=(const AttentionChain&) = delete;

  struct Answer {
    inlay_status status;
    std::string sentence;
    std::vector<uint8_t> bytes;         ///< of the chain's output
    std::vector<std::string> kernels;   ///< of the nodes, in order
    inlay_device_use use;
  };
  Answer run(const inlay_backend& backend, int32_t device, uint32_t fast_math, const std::vector<uint8_t>& variants = {});
  /// The values of a tensor as reals: inputs, and the constants of MUL and ADD.
  std::vector<float> reals(int32_t tensor) const;
  const ChainShape& shape() const { return shape_; }
  /// Gives the first `count` of a mask's numbers no weight.
  void hide(int32_t count);
  /// Makes the scores an output of the graph, too.
  void watch_scores() { outputs_.push_back(nodes_[0].outputs[0]); }
  int32_t node_count() const { return static_cast<int32_t>(nodes_.size()); }

  int32_t queries = 0, keys = 0, values = 0, factor = -1, mask = -1;  ///< tensors

 private:
  int32_t add_tensor(const std::vector<int32_t>& dims, float scale, int32_t zero);
  void fill(int32_t tensor, float low, float high);
  void add_node(uint16_t kind, const std::vector<int32_t>& inputs, int32_t output, const void* params, uint8_t params_type);

  ChainShape shape_;
  uint8_t dtype_;
  std::mt19937 random_;
  std::deque<std::vector<int32_t>> lists_;   ///< dims and wires
  std::deque<std::vector<uint64_t>> memory_; ///< by tensor
  std::deque<std::pair<float, int32_t>> quants_;
  std::vector<inlay_tensor> tensors_;
  std::vector<inlay_node> nodes_;
  std::vector<int32_t> inputs_;
  std::vector<int32_t> outputs_;
  inlay_matmul scores_ = {}, answers_ = {};
  inlay_scalars softmax_ = {1.0f, 0.0f, 0.0f, 0};
};

}  // namespace inlay::cuda
