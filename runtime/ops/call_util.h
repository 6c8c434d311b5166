// SPDX-License-Identifier: Apache-2.0
// Control flow: checks of a called graph's signature, and moving values in and out of it.
#pragma once
#include "ops/op_util.h"

namespace inlay {

/// A called graph, counted in graphs from the caller's own: the graphs of a model lie one behind the other.
struct Callee {
  int32_t distance;

  static Callee to(const inlay_graph& callee, const inlay_graph& own) { return {static_cast<int32_t>(&callee - &own)}; }
  const inlay_graph& from(const inlay_graph& own) const { return (&own)[distance]; }
};

/// Graph `index` exists and takes `count` inputs like the node's inputs from `first` on (dtype, shape); *out is the graph.
inlay_status check_call_inputs(const Prepare& p, int32_t index, int32_t first, int32_t count, const inlay_graph** out);
/// The callee gives outputs like the node's outputs, dtype and shape; checks or sets the shapes of those.
inlay_status check_call_outputs(const Prepare& p, const inlay_graph& callee);

/// Copies `count` tensors, list_a[i] of `from` to list_b[i] of `to`, each of the size in the graph the second list is from.
void copy_values(int32_t count, const int32_t* from_ids, void* const* from, const inlay_graph& to_graph, const int32_t* to_ids,
                 void* const* to);

/// The bool (any element width of 8 bits) that a condition left in tensor `id`.
inline bool truth(void* const* tensors, int32_t id) { return *static_cast<const uint8_t*>(tensors[id]) != 0; }

}  // namespace inlay
