// SPDX-License-Identifier: Apache-2.0
// What a part of one op's output needs of its inputs.
#pragma once
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

/// Indices [begin, end) of one dim of a tensor.
struct Range {
  int32_t begin, end;

  int32_t size() const { return end - begin; }
  bool operator==(const Range& o) const { return begin == o.begin && end == o.end; }
  bool operator<(const Range& o) const { return begin != o.begin ? begin < o.begin : end < o.end; }
};

/// A range of a tensor along one axis; axis -1: all of it.
struct Need {
  int32_t axis = -1;
  Range range = {0, 0};

  bool operator<(const Need& o) const { return axis != o.axis ? axis < o.axis : range < o.range; }
  bool operator==(const Need& o) const { return axis == o.axis && range == o.range; }
};

/// A node that computes only a range of its output: the same op with these options and these ranges of its inputs.
struct PartNode {
  Params params;
  std::vector<Need> inputs;  ///< one per input of the node
  std::string refusal;       ///< why there is no such part, a piece of a sentence; empty: there is
};

/// The axis along which a tensor falls into runs of bytes: its first dim above 1; -1: it has one element.
int32_t split_axis(const Tensor& tensor);

/// The part that computes [out.begin, out.end) of `axis` of the node's only output. Windows get the rows that overlap (their halo)
/// and pads where the image ends; features get ranges of the weights.
PartNode part_of(const Graph& graph, const Node& node, int32_t axis, Range out);

/// Are the bytes of such a range one run?
bool is_run(const Tensor& tensor, const Need& need);

}  // namespace inlay::tools
