// SPDX-License-Identifier: Apache-2.0
#include "tools/split/layout.h"

#include <algorithm>
#include <map>

#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

std::string name_of(const Graph& graph, int32_t node) {
  const Node& n = graph.nodes[static_cast<size_t>(node)];
  return "op " + std::to_string(node) + " (" + (n.name.empty() ? inlay_op_kind_name(n.kind) : n.name) + ")";
}

/// Adds the steps of one split to a layout. `refusal` says why not; then the steps are incomplete.
class Splitter {
 public:
  Splitter(const Graph& graph, const Split& split, int32_t index, Layout* out)
      : graph_(graph), split_(split), index_(index), out_(*out) {}

  std::string add() {
    std::string why = check();
    const auto parts = static_cast<int32_t>(split_.bounds.size()) - 1;
    std::vector<int32_t> joined;
    for (int32_t p = 0; p < parts && why.empty(); ++p) {
      why = measure(p);
      if (why.empty()) joined.push_back(add_part(p));
    }
    if (!why.empty()) return why;
    out_.steps.push_back({Step::kJoin, split_.nodes.back(), index_, -1, {}, joined, {exit()}});
    return "";
  }

 private:
  const Node& node(int32_t n) const { return graph_.nodes[static_cast<size_t>(n)]; }
  int32_t exit() const { return node(split_.nodes.back()).outputs[0]; }
  bool inside(int32_t n) const { return std::binary_search(split_.nodes.begin(), split_.nodes.end(), n); }

  /// The nodes and the bounds make sense, and nobody else reads what is computed on the way.
  std::string check() {
    const auto count = static_cast<int32_t>(graph_.nodes.size());
    if (split_.nodes.empty() || split_.nodes.front() < 0 || split_.nodes.back() >= count) return "the split names no op of the model";
    if (node(split_.nodes.back()).outputs.size() != 1 || exit() < 0) return name_of(graph_, split_.nodes.back()) + " has not one output";
    axis_ = split_axis(tensor_at(graph_, exit()));
    if (axis_ < 0) return name_of(graph_, split_.nodes.back()) + " has one output value";
    const int32_t extent = tensor_at(graph_, exit()).shape[static_cast<size_t>(axis_)];
    const std::vector<int32_t>& b = split_.bounds;
    if (b.size() < 3 || b.front() != 0 || b.back() != extent) return "a split needs two parts or more, and all rows";
    for (size_t i = 1; i < b.size(); ++i) {
      if (b[i] <= b[i - 1]) return "a part of " + name_of(graph_, split_.nodes.back()) + " has no rows";
    }
    return check_readers(count);
  }

  std::string check_readers(int32_t count) {
    for (const int32_t n : split_.nodes) {
      for (const int32_t t : node(n).outputs) {
        if (t >= 0 && t != exit()) inner_[t] = n;
      }
    }
    for (const int32_t t : graph_.outputs) {
      if (inner_.count(t) != 0) return "the model's output lies inside of the split, at " + name_of(graph_, inner_[t]);
    }
    for (int32_t n = 0; n < count; ++n) {
      if (inside(n)) continue;
      for (const int32_t t : node(n).inputs) {
        if (inner_.count(t) != 0) return name_of(graph_, inner_[t]) + " is read outside of the split, by " + name_of(graph_, n);
      }
    }
    return "";
  }

  /// Which range of each tensor part p computes: from the last op back.
  std::string measure(int32_t p) {
    const auto at = static_cast<size_t>(p);
    ranges_.clear();
    parts_.clear();
    ranges_[exit()] = {axis_, {split_.bounds[at], split_.bounds[at + 1]}};
    for (auto n = split_.nodes.rbegin(); n != split_.nodes.rend(); ++n) {
      const std::vector<int32_t>& written = node(*n).outputs;
      const auto range = written.size() == 1 ? ranges_.find(written[0]) : ranges_.end();
      if (range == ranges_.end()) return name_of(graph_, *n) + " does not lead to the others of the split";
      PartNode part = part_of(graph_, node(*n), range->second.axis, range->second.range);
      if (!part.refusal.empty()) return name_of(graph_, *n) + " cannot be split: " + part.refusal;
      for (size_t i = 0; i < part.inputs.size(); ++i) {
        const int32_t t = node(*n).inputs[i];
        if (inner_.count(t) == 0) continue;
        if (part.inputs[i].axis < 0) return name_of(graph_, *n) + " reads the whole output of " + name_of(graph_, inner_[t]);
        const auto [known, fresh] = ranges_.emplace(t, part.inputs[i]);
        if (known->second.axis != part.inputs[i].axis) return name_of(graph_, *n) + " is split along another dim than its input";
        Range& all = known->second.range;
        all = {std::min(all.begin, part.inputs[i].range.begin), std::max(all.end, part.inputs[i].range.end)};
      }
      parts_[*n] = std::move(part);
    }
    return "";
  }

  int32_t add_piece(int32_t tensor, const Need& range) {
    out_.pieces.push_back({tensor, range});
    return static_cast<int32_t>(out_.pieces.size()) - 1;
  }

  /// The steps of the part that was measured; the piece of the output.
  int32_t add_part(int32_t p) {
    std::map<int32_t, int32_t> computed;                       // tensor -> piece
    std::map<std::pair<int32_t, Need>, int32_t> cut;           // ranges that other ranges hold
    for (const int32_t n : split_.nodes) {
      Step step = {Step::kPart, n, index_, p, parts_[n].params, {}, {}};
      for (size_t i = 0; i < node(n).inputs.size(); ++i) {
        const int32_t t = node(n).inputs[i];
        step.inputs.push_back(t < 0 ? -1 : piece_for(n, p, t, parts_[n].inputs[i], computed, &cut));
      }
      const int32_t written = node(n).outputs[0];
      computed[written] = add_piece(written, ranges_[written]);
      step.outputs = {computed[written]};
      out_.steps.push_back(std::move(step));
    }
    return computed[exit()];
  }

  int32_t piece_for(int32_t n, int32_t p, int32_t t, const Need& need, const std::map<int32_t, int32_t>& computed,
                    std::map<std::pair<int32_t, Need>, int32_t>* cut) {
    const auto own = computed.find(t);
    const Tensor& tensor = tensor_at(graph_, t);
    if (own == computed.end() && (need.axis < 0 || need.range.size() == tensor.shape[static_cast<size_t>(need.axis)])) return t;
    if (own != computed.end() && need == ranges_[t]) return own->second;
    if (const auto known = cut->find({t, need}); known != cut->end()) return known->second;
    const int32_t piece = add_piece(t, need);
    (*cut)[{t, need}] = piece;
    if (own != computed.end())
      out_.steps.push_back({Step::kInner, n, index_, p, {}, {own->second}, {piece}});
    else if (!tensor.is_constant())
      out_.steps.push_back({Step::kSlice, n, index_, p, {}, {t}, {piece}});
    return piece;
  }

  const Graph& graph_;
  const Split& split_;
  int32_t index_;
  Layout& out_;
  int32_t axis_ = -1;
  std::map<int32_t, int32_t> inner_;    ///< tensors between the nodes -> who writes them
  std::map<int32_t, Need> ranges_;      ///< of the tensors that the part computes
  std::map<int32_t, PartNode> parts_;
};

Layout whole_tensors(const Graph& graph) {
  Layout out;
  for (size_t t = 0; t < graph.tensors.size(); ++t) out.pieces.push_back({static_cast<int32_t>(t), {}});
  return out;
}

}  // namespace

std::string refusal(const Graph& graph, const Split& split) {
  Layout draft = whole_tensors(graph);
  return Splitter(graph, split, 0, &draft).add();
}

Layout make_layout(const Graph& graph, const Split& split) {
  Layout out = whole_tensors(graph);
  const std::string why = Splitter(graph, split, 0, &out).add();
  if (!why.empty()) throw Error(why);
  return out;
}

Layout make_layout(const Graph& graph, const std::vector<Split>& splits) {
  Layout out = whole_tensors(graph);
  std::map<int32_t, int32_t> owner;
  for (size_t s = 0; s < splits.size(); ++s) {
    for (const int32_t n : splits[s].nodes) {
      if (!owner.emplace(n, static_cast<int32_t>(s)).second) throw Error("op " + std::to_string(n) + " is in two splits");
    }
  }
  for (int32_t n = 0; n < static_cast<int32_t>(graph.nodes.size()); ++n) {
    const Node& node = graph.nodes[static_cast<size_t>(n)];
    const auto split = owner.find(n);
    if (split == owner.end()) {
      out.steps.push_back({Step::kWhole, n, -1, -1, node.params, node.inputs, node.outputs});
    } else if (splits[static_cast<size_t>(split->second)].nodes.back() == n) {
      // Where the last op stood: all it needs is there, and nobody has read its result before.
      const std::string why = Splitter(graph, splits[static_cast<size_t>(split->second)], split->second, &out).add();
      if (!why.empty()) throw Error(why);
    }
  }
  for (const auto& [n, s] : owner) {
    if (n < 0 || n >= static_cast<int32_t>(graph.nodes.size())) throw Error("the split names no op of the model");
  }
  return out;
}

}  // namespace inlay::tools
