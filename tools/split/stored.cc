// SPDX-License-Identifier: Apache-2.0
#include "tools/split/stored.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "inlay/placement.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

constexpr const char* kKey = "split ";  // of the metadata, and a number

std::vector<std::string> words(const std::string& text, char between) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string word; std::getline(in, word, between);) out.push_back(word);
  return out;
}

int32_t find_op(const Graph& graph, const std::string& op) {
  int32_t index = -1;
  const auto [stop, error] = std::from_chars(op.data(), op.data() + op.size(), index);
  const auto count = static_cast<int32_t>(graph.nodes.size());
  if (error == std::errc() && stop == op.data() + op.size()) {
    if (index < 0 || index >= count) throw Error("--split names op " + op + ", the model has " + std::to_string(count));
    return index;
  }
  for (int32_t n = 0; n < count; ++n) {
    if (graph.nodes[static_cast<size_t>(n)].name != op) continue;
    if (index >= 0) throw Error("--split: several ops are named '" + op + "'; write an index");
    index = n;
  }
  if (index < 0) throw Error("--split names op '" + op + "', which the model does not have");
  return index;
}

/// Takes "features:" and the like from the front of shares.
Cut take_cut(std::string* shares) {
  for (const Cut cut : {Cut::kRows, Cut::kPixels, Cut::kFeatures}) {
    const std::string prefix = std::string(name_of(cut)) + ":";
    if (shares->rfind(prefix, 0) != 0) continue;
    shares->erase(0, prefix.size());
    return cut;
  }
  return Cut::kRows;
}

/// Row bounds of shares such as 2,1 or 0.67,0.33.
std::vector<int32_t> bounds_of(const std::vector<std::string>& shares, int32_t extent, const std::string& text) {
  std::vector<double> parts;
  double sum = 0;
  for (const std::string& share : shares) {
    char* end = nullptr;
    parts.push_back(std::strtod(share.c_str(), &end));
    if (share.empty() || *end != '\0' || !(parts.back() > 0) || !std::isfinite(parts.back()))
      throw Error("--split '" + text + "': '" + share + "' is no share; write numbers above 0 such as 0.4,0.6");
    sum += parts.back();
  }
  std::vector<int32_t> bounds = {0};
  double passed = 0;
  for (const double part : parts) {
    passed += part;
    bounds.push_back(static_cast<int32_t>(std::lround(passed / sum * extent)));
  }
  return bounds;
}

/// The nodes from one to the other that lie on a way between them.
std::vector<int32_t> nodes_between(const Graph& graph, int32_t first, int32_t last) {
  std::vector<bool> ahead(graph.tensors.size(), false), behind(graph.tensors.size(), false);
  std::vector<int32_t> out;
  const auto any = [](const std::vector<int32_t>& list, const std::vector<bool>& marked) {
    return std::any_of(list.begin(), list.end(), [&](int32_t t) { return t >= 0 && marked[static_cast<size_t>(t)]; });
  };
  const auto mark = [](const std::vector<int32_t>& list, std::vector<bool>& marks) {
    for (const int32_t t : list) {
      if (t >= 0) marks[static_cast<size_t>(t)] = true;
    }
  };
  std::vector<bool> reached(graph.nodes.size(), false);
  for (int32_t n = first; n <= last; ++n) {
    const Node& node = graph.nodes[static_cast<size_t>(n)];
    reached[static_cast<size_t>(n)] = n == first || any(node.inputs, ahead);
    if (reached[static_cast<size_t>(n)]) mark(node.outputs, ahead);
  }
  for (int32_t n = last; n >= first; --n) {
    const Node& node = graph.nodes[static_cast<size_t>(n)];
    if (!reached[static_cast<size_t>(n)] || (n != last && !any(node.outputs, behind))) continue;
    mark(node.inputs, behind);
    out.insert(out.begin(), n);
  }
  return out;
}

}  // namespace

Split parse_split(const Graph& graph, const std::string& text) {
  const size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0) throw Error("--split '" + text + "' is not of the form OP=SHARES[@DEVICES]");
  const std::string ops = text.substr(0, at);
  std::vector<std::string> halves = words(text.substr(at + 1), '@');
  if (halves.empty() || halves.size() > 2) throw Error("--split '" + text + "' is not of the form OP=SHARES[@DEVICES]");
  const size_t dots = ops.find("..");
  const int32_t first = find_op(graph, ops.substr(0, dots));
  const int32_t last = dots == std::string::npos ? first : find_op(graph, ops.substr(dots + 2));
  Split out;
  out.nodes = first <= last ? nodes_between(graph, first, last) : std::vector<int32_t>();
  if (out.nodes.empty() || out.nodes.front() != first) throw Error("--split '" + text + "': the first op does not lead to the last");
  const std::vector<int32_t>& written = graph.nodes[static_cast<size_t>(last)].outputs;
  out.cut = take_cut(&halves[0]);
  const bool plain = written.size() == 1 && written[0] >= 0;
  if (plain && split_axis(tensor_at(graph, written[0])) + 1 == static_cast<int32_t>(tensor_at(graph, written[0]).shape.size()))
    out.cut = Cut::kRows;  // which are the features
  const int32_t axis = plain ? axis_of(tensor_at(graph, written[0]), out.cut) : -1;
  const int32_t extent = axis < 0 ? 1 : extent_of(tensor_at(graph, written[0]), axis);
  out.bounds = bounds_of(words(halves[0], ','), extent, text);
  if (halves.size() == 2) out.devices = words(halves[1], ',');
  if (!out.devices.empty() && out.devices.size() + 1 != out.bounds.size())
    throw Error("--split '" + text + "' has " + std::to_string(out.bounds.size() - 1) + " shares and " +
                std::to_string(out.devices.size()) + " devices");
  const std::string why = refusal(graph, out);
  if (!why.empty()) throw Error("--split '" + text + "': " + why);
  return out;
}

std::string describe(const Graph& graph, const Split& split) {
  const int32_t last = split.nodes.back();
  const Tensor& out = tensor_at(graph, graph.nodes[static_cast<size_t>(last)].outputs[0]);
  const auto kind = [&](int32_t n) { return inlay_op_kind_name(graph.nodes[static_cast<size_t>(n)].kind); };
  std::string text = "op " + std::to_string(split.nodes.front()) + " (" + kind(split.nodes.front()) + ")";
  if (split.nodes.size() > 1) text += " to " + std::to_string(last) + " (" + kind(last) + ")";
  const bool row = split.cut == Cut::kRows && split_axis(out) + 1 == static_cast<int32_t>(out.shape.size());  // of features
  text += std::string(": ") + name_of(row ? Cut::kFeatures : split.cut);
  for (size_t p = 0; p + 1 < split.bounds.size(); ++p) {
    text += (p == 0 ? " " : ", ") + std::to_string(split.bounds[p]) + ":" + std::to_string(split.bounds[p + 1]);
    if (p < split.devices.size()) text += " on " + split.devices[p];
  }
  return text;
}

Model split_model(const Model& model, const std::vector<Split>& splits, std::vector<PartOrigin>* origins) {
  if (!split_lines(model.metadata).empty()) throw Error("the model is split already; split the one it was made of");
  Model out = model;
  out.graphs[0] = split_graph(model.graphs[0], splits, origins);
  for (size_t s = 0; s < splits.size(); ++s) {
    std::string number = std::to_string(s + 1);
    if (number.size() < 3) number.insert(0, 3 - number.size(), '0');  // keys are sorted as text
    out.metadata[kKey + number] = describe(model.graphs[0], splits[s]);
  }
  return out;
}

std::vector<std::string> split_lines(const std::map<std::string, std::string>& metadata) {
  std::vector<std::string> out;
  for (const auto& [key, line] : metadata) {
    if (key.rfind(kKey, 0) == 0) out.push_back(line);
  }
  return out;
}

Placement placement_by_hand(const Graph& rewritten, const std::vector<Split>& splits, const std::vector<PartOrigin>& origins) {
  Placement out;
  out.placed.assign(rewritten.nodes.size(), INLAY_PLACED_FREELY);
  const auto place = [&](size_t node, const std::string& device) {
    const auto known = std::find(out.devices.begin(), out.devices.end(), device);
    out.placed[node] = static_cast<uint8_t>(known - out.devices.begin());
    if (known == out.devices.end()) out.devices.push_back(device);
  };
  for (size_t n = 0; n < origins.size(); ++n) {
    const PartOrigin& from = origins[n];
    const std::vector<std::string>& devices = from.split < 0 ? std::vector<std::string>() : splits[static_cast<size_t>(from.split)].devices;
    if (devices.empty()) continue;
    const bool host = from.kind != Step::kPart && from.kind != Step::kInner;  // views, where the whole tensor is
    place(n, host ? "builtin" : devices[static_cast<size_t>(from.part)]);
  }
  if (out.devices.size() >= INLAY_PLACED_FREELY) throw Error("--split names too many devices");
  return out;
}

}  // namespace inlay::tools
