// SPDX-License-Identifier: Apache-2.0
// A graph some of whose ops run in parts: the steps of a run, and what each of them reads and writes.
#pragma once
#include <string>
#include <vector>

#include "tools/split/ranges.h"

namespace inlay::tools {

/// Ops that are computed in the same parts, one part behind the other through all of them. Only what the last one writes is read
/// by anybody else; that is what is cut.
struct Split {
  std::vector<int32_t> nodes;   ///< ascending
  std::vector<int32_t> bounds;  ///< part p computes [bounds[p], bounds[p + 1]) of the output, from 0 to all of it
  std::vector<std::string> devices = {};  ///< of each part; may be empty: not told
  Cut cut = Cut::kRows;                   ///< of the last node's output
  bool copies = false;  ///< parts may also read ranges that are no run of bytes, which are copied: to measure parts, not to gain time
};

/// A tensor of the graph, or a range of one.
struct Piece {
  int32_t tensor;
  Need range;  ///< axis -1: all of it; all pixels: the tensor with these in one dim
  std::shared_ptr<const Bytes> values = nullptr;  ///< of a constant that the part has instead
};

/// One op of a run.
struct Step {
  enum Kind : uint8_t {
    kWhole,  ///< a node as it was
    kShape,  ///< the same bytes with all pixels in one dim, or back: a view where memory is shared
    kSlice,  ///< a range of a tensor that was whole before: a view where memory is shared
    kInner,  ///< a range of what the same part has computed before
    kPart,   ///< a part of a node
    kJoin,   ///< the parts of the last node, one behind the other: a view where memory is shared; of features beside each other
  };
  Kind kind;
  int32_t node;                 ///< of the graph; slices: the one that reads, joins: the last of the split
  int32_t split = -1, part = -1;
  Params params = {};           ///< parts
  std::vector<int32_t> inputs;  ///< into Layout::pieces, -1: left out
  std::vector<int32_t> outputs;
};

struct Layout {
  std::vector<Piece> pieces;  ///< the tensors of the graph, then ranges
  std::vector<Step> steps;    ///< of a split: views of what was there before, then the parts, then what joins them
};

/// Why these nodes cannot share a split into these parts, a sentence; empty: they can.
std::string refusal(const Graph& graph, const Split& split);

/// The steps of a run. Splits have no node in common. Throws Error with the sentence of refusal().
Layout make_layout(const Graph& graph, const std::vector<Split>& splits);
/// Those of one split alone, whose inputs are there.
Layout make_layout(const Graph& graph, const Split& split);

}  // namespace inlay::tools
