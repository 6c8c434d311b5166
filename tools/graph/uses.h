// SPDX-License-Identifier: Apache-2.0
// Who writes and who reads each tensor of a graph. Passes make it anew after they change the graph.
#pragma once
#include "tools/graph/ir.h"

namespace inlay::tools {

class Uses {
 public:
  explicit Uses(const Graph& graph);

  /// Index of the node that writes tensor `id`, -1 when none does.
  int32_t producer(int32_t id) const { return id < 0 ? -1 : producer_[static_cast<size_t>(id)]; }
  bool is_input(int32_t id) const { return input_[static_cast<size_t>(id)]; }
  bool is_output(int32_t id) const { return output_[static_cast<size_t>(id)]; }
  /// Reads by nodes; a node that reads twice counts twice.
  int32_t readers(int32_t id) const { return readers_[static_cast<size_t>(id)]; }
  /// One node reads `id` once and the caller of the model never sees it.
  bool single(int32_t id) const { return readers(id) == 1 && !is_output(id); }

 private:
  std::vector<int32_t> producer_, readers_;
  std::vector<bool> input_, output_;
};

/// Drops the nodes marked by kind INLAY_OP_NONE.
void sweep(Graph& graph);

/// Every reader of tensor `from`, nodes and graph outputs, reads `to` instead.
void replace_reads(Graph& graph, int32_t from, int32_t to);

inline Tensor& tensor_at(Graph& graph, int32_t id) { return graph.tensors[static_cast<size_t>(id)]; }
inline const Tensor& tensor_at(const Graph& graph, int32_t id) { return graph.tensors[static_cast<size_t>(id)]; }

/// The same stored bits mean the same values: dtype and quantization agree.
bool same_meaning(const Tensor& a, const Tensor& b);

}  // namespace inlay::tools
