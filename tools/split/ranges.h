// SPDX-License-Identifier: Apache-2.0
// What a part of one op's output needs of its inputs.
#pragma once
#include <map>
#include <string>

#include "tools/split/cut.h"

namespace inlay::tools {

/// A node that computes only a range of its output: the same op with these options and these ranges of its inputs.
struct PartNode {
  Params params;
  std::vector<Need> inputs;  ///< one per input of the node
  std::string refusal;       ///< why there is no such part, a piece of a sentence; empty: there is
  Range computes;            ///< what it writes: the range that was asked for, and more where it has to
  std::map<size_t, std::shared_ptr<const Bytes>> constants = {};  ///< by input: other values of a constant, of the same shape
};

/// The part that computes [out.begin, out.end) of `axis` (kPixelAxis: of all dims but the last) of the node's only output.
/// Windows get the rows that overlap (their halo) and pads where the image ends; features get ranges of the weights.
PartNode part_of(const Graph& graph, const Node& node, int32_t axis, Range out);

}  // namespace inlay::tools
