// SPDX-License-Identifier: Apache-2.0
// Splits of some ops at every possible bound, against the whole.
#pragma once
#include "split_nets.h"
#include "tools/split/stored.h"

namespace inlay::tools {

inline Bytes builtin_answers(const Model& model) {
  const OpenedModel opened(model);
  return answers(opened.get(), {{&inlay_backend_builtin, 0}}, {}, 1);
}

inline int32_t extent_of(const Graph& g, int32_t node, Cut cut = Cut::kRows) {
  const Tensor& out = tensor_at(g, g.nodes[static_cast<size_t>(node)].outputs[0]);
  const int32_t axis = axis_of(out, cut);
  return axis < 0 ? 1 : tools::extent_of(out, axis);
}

/// Splits these nodes at every single row, and into single rows; returns how many splits were possible. What is refused names padding.
inline int try_all_bounds(const Model& model, const std::vector<int32_t>& nodes, Cut cut = Cut::kRows) {
  const Graph& g = model.graphs[0];
  const int32_t extent = extent_of(g, nodes.back(), cut);
  const Bytes want = builtin_answers(model);
  std::vector<std::vector<int32_t>> all;
  for (int32_t at = 1; at < extent; ++at) all.push_back({0, at, extent});
  std::vector<int32_t> single;
  for (int32_t at = 0; at <= extent; ++at) single.push_back(at);
  if (extent > 2) all.push_back(single);
  int made = 0;
  for (const std::vector<int32_t>& bounds : all) {
    const Split split = {nodes, bounds, {}, cut};
    if (const std::string why = refusal(g, split); !why.empty()) {
      EXPECT_NE(why.find("padding"), std::string::npos) << why;
      continue;
    }
    std::vector<PartOrigin> origins;
    EXPECT_EQ(builtin_answers(split_model(model, {split}, &origins)), want) << describe(g, split);
    ++made;
  }
  return made;
}

}  // namespace inlay::tools
