// SPDX-License-Identifier: Apache-2.0
#include "tools/split/reasons.h"

#include <algorithm>
#include <cstdio>

#include "tools/graph/uses.h"
#include "tools/split/stored.h"

namespace inlay::tools {
namespace {

/// "would save 1.00 us of 20.00 us" or "would take 21.00 us, the whole ops take 20.00 us".
std::string by_itself(const Look& look) {
  if (look.gain <= 0) return "would take " + us_text(look.base - look.gain) + ", the whole ops take " + us_text(look.base);
  return "would save " + us_text(look.gain) + " of " + us_text(look.base);
}

std::string percent(double part) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g %%", part * 100);
  return text;
}

bool meet(const Split& a, const Split& b) {
  return std::any_of(a.nodes.begin(), a.nodes.end(), [&](int32_t n) { return std::binary_search(b.nodes.begin(), b.nodes.end(), n); });
}

std::string sentence(const Look& look, const std::vector<Split>& made, const SplitSettings& settings) {
  if (look.gain <= 0) return by_itself(look);
  if (static_cast<double>(look.gain) <= settings.part_margin * static_cast<double>(look.base))
    return by_itself(look) + ", less than " + percent(settings.part_margin);
  if (look.dropped) return by_itself(look) + " alone, and " + us_text(look.saved) + " of the whole run: too little";
  if (std::any_of(made.begin(), made.end(), [&](const Split& s) { return meet(s, look.made.split); }))
    return by_itself(look) + ", but shares ops with a split that saves more";
  return by_itself(look) + " alone; all splits together save less than " + percent(settings.margin) + " of the run, or others with its ops more";
}

/// Why no split of several devices begins at a node.
std::string why_none(const Graph& graph, int32_t n) {
  const Node& node = graph.nodes[static_cast<size_t>(n)];
  const std::string name = "op " + std::to_string(n) + " (" + inlay_op_kind_name(node.kind) + ")";
  const int32_t axis = node.outputs.size() == 1 && node.outputs[0] >= 0 ? split_axis(tensor_at(graph, node.outputs[0])) : -1;
  if (axis < 0) return name + " has not one output of several values";
  const int32_t extent = tensor_at(graph, node.outputs[0]).shape[static_cast<size_t>(axis)];
  const std::string why = refusal(graph, {{n}, {0, extent / 2, extent}});
  return why.empty() ? name + ": no two devices take it that work at the same time" : why;
}

}  // namespace

std::string us_text(Nanos nanos) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f us", static_cast<double>(nanos) / 1000);
  return text;
}

std::string why_nothing(const Graph& graph, Nanos saved, Nanos whole, const Looks& looks) {
  const std::string nothing = "nothing is split: ";
  if (saved > 0) return nothing + "all splits together would save " + us_text(saved) + " of " + us_text(whole) + ", which is too little";
  if (looks.empty()) return nothing + "no op can be, on devices that work at the same time";
  const auto less = [](const Looks::value_type& a, const Looks::value_type& b) { return a.second.gain < b.second.gain; };
  const Look& best = std::max_element(looks.begin(), looks.end(), less)->second;
  const std::string text = nothing + "the best, " + describe(graph, best.made.split) + ", " + by_itself(best);
  return best.gain <= 0 ? text : text + ", which is too little or lost to its neighbours";
}

std::vector<std::string> rejections(const Graph& graph, const std::vector<Split>& made, const Looks& looks, const SplitSettings& settings) {
  std::vector<std::string> out;
  for (int32_t n = 0; n < static_cast<int32_t>(graph.nodes.size()); ++n) {
    if (std::any_of(made.begin(), made.end(), [n](const Split& s) { return std::binary_search(s.nodes.begin(), s.nodes.end(), n); })) continue;
    const auto look = looks.find(n);
    if (look == looks.end())
      out.push_back(why_none(graph, n));
    else
      out.push_back(describe(graph, look->second.made.split) + ": " + sentence(look->second, made, settings));
  }
  return out;
}

}  // namespace inlay::tools
