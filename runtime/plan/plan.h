// SPDX-License-Identifier: Apache-2.0
// Where activations may lie: lifetimes, which bytes may be shared, and the proof that a stored plan is safe. No heap.
// The search for offsets is the converter's (tools/emit); docs/memory.md tells the whole story.
#pragma once
#include "inlay/graph.h"
#include "inlay/op.h"

namespace inlay {

/// How output 0 of an op may share memory with its inputs (the alias column of ops.inc). Custom ops never share.
inlay_alias alias_of_kind(int32_t kind);

/// One tensor of a graph.
struct PlanItem {
  size_t bytes;        ///< 0 for tensors outside the planned block
  int32_t first;       ///< node that writes it; -1: a graph input
  int32_t last;        ///< last node that reads it; node_count: a graph output
  uint32_t offset;     ///< in the planned block
  uint8_t alignment;   ///< its offset is a multiple of this: 16 for inputs and outputs of the graph, else the element's size
  bool planned;        ///< it lies in the planned block
};

/// Fills items[0..tensor_count) with everything but offsets.
void plan_lifetimes(const inlay_graph& graph, PlanItem* items);

/// Bytes [at, at + bytes) of output 0 are bytes [from, from + bytes) of input `input`, unchanged: when both lie at the same
/// address, the op writes nothing there.
struct Piece {
  int32_t input;
  size_t from, at, bytes;
};

/// Walks the pieces of a node in order of `at`. Trusts neither params nor shapes. What no piece covers, the op computes.
class Pieces {
 public:
  Pieces(const inlay_graph& graph, const inlay_node& node);
  bool next(Piece* piece);

 private:
  const inlay_graph& graph_;
  const inlay_node& node_;
  Piece only_ = {};      // VIEW, SLICE
  int32_t index_ = 0;    // the next input to look at
  int32_t count_ = 0;    // inputs to look at
  size_t at_ = 0;        // CONCAT: where that input begins in the output
  bool concat_ = false;
};

/// May output 0 take the place of input `i`, element by element? What else reads the input is the caller's question.
bool may_overwrite(const inlay_graph& graph, const inlay_node& node, int32_t i);

/// True when no op writes over bytes that anybody needs then or later, and every tensor ends at or before `planned_bytes`.
/// Follows the run: what an op writes (all outputs, less the pieces that lie in place already) must touch no tensor that lives
/// at that op, save an input it may overwrite that dies there. `active` holds tensor_count values. Time: nodes * live tensors.
bool plan_is_sound(const inlay_graph& graph, const PlanItem* items, size_t planned_bytes, int32_t* active, int32_t* bad_a,
                   int32_t* bad_b);

}  // namespace inlay
