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

/// Adds the steps of one split to a layout. `refusal` says why not; then the layout is left incomplete.
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
    // Views come before all parts: the host makes them without waiting for a part that reads the same rows.
    for (std::vector<Step>* steps : {&views_, &parts_}) out_.steps.insert(out_.steps.end(), steps->begin(), steps->end());
    add_join(joined);
    return "";
  }

 private:
  const Node& node(int32_t n) const { return graph_.nodes[static_cast<size_t>(n)]; }
  int32_t last() const { return split_.nodes.back(); }
  int32_t exit() const { return node(last()).outputs[0]; }
  bool inside(int32_t n) const { return std::binary_search(split_.nodes.begin(), split_.nodes.end(), n); }

  /// The nodes and the bounds make sense, and nobody else reads what is computed on the way.
  std::string check() {
    const auto count = static_cast<int32_t>(graph_.nodes.size());
    if (split_.nodes.empty() || split_.nodes.front() < 0 || last() >= count) return "the split names no op of the model";
    if (node(last()).outputs.size() != 1 || exit() < 0) return name_of(graph_, last()) + " has not one output";
    axis_ = axis_of(tensor_at(graph_, exit()), split_.cut);
    if (axis_ < 0 && split_.cut == Cut::kRows) return name_of(graph_, last()) + " has one output value";
    if (axis_ < 0) return name_of(graph_, last()) + " has no " + name_of(split_.cut) + " beside its rows";
    const int32_t extent = extent_of(tensor_at(graph_, exit()), axis_);
    const std::vector<int32_t>& b = split_.bounds;
    if (b.size() < 3 || b.front() != 0 || b.back() != extent)
      return std::string("a split needs two parts or more, and all ") + name_of(split_.cut);
    for (size_t i = 1; i < b.size(); ++i) {
      if (b[i] <= b[i - 1]) return "a part of " + name_of(graph_, last()) + " has no " + name_of(split_.cut);
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
    made_.clear();
    ranges_[exit()] = {axis_, {split_.bounds[at], split_.bounds[at + 1]}};
    for (auto n = split_.nodes.rbegin(); n != split_.nodes.rend(); ++n) {
      const std::vector<int32_t>& written = node(*n).outputs;
      const auto range = written.size() == 1 ? ranges_.find(written[0]) : ranges_.end();
      if (range == ranges_.end()) return name_of(graph_, *n) + " does not lead to the others of the split";
      PartNode part = part_of(graph_, node(*n), range->second.axis, range->second.range);
      if (!part.refusal.empty()) return name_of(graph_, *n) + " cannot be split: " + part.refusal;
      range->second.range = part.computes;
      for (size_t i = 0; i < part.inputs.size(); ++i) {
        const int32_t t = node(*n).inputs[i];
        const std::string why = t >= 0 ? require(*n, t, part.inputs[i]) : "";
        if (!why.empty()) return why;
      }
      made_[*n] = std::move(part);
    }
    return "";
  }

  /// A node of the part reads this range of a tensor.
  std::string require(int32_t n, int32_t t, const Need& need) {
    const Tensor& tensor = tensor_at(graph_, t);
    const bool copied = need.axis >= 0 && !is_run(tensor, need);
    if (inner_.count(t) == 0) {
      if (!copied || tensor.is_constant() || !is_part(tensor, need) || split_.copies) return "";
      return name_of(graph_, n) + " cannot be split: the range of an input is not one run of bytes";
    }
    if (need.axis < 0) return name_of(graph_, n) + " reads the whole output of " + name_of(graph_, inner_[t]);
    const auto [known, fresh] = ranges_.emplace(t, need);
    if (known->second.axis != need.axis) return name_of(graph_, n) + " is split along another dim than its input";
    Range& all = known->second.range;
    if (copied && !(all == need.range)) return name_of(graph_, n) + " reads other features than its neighbours";
    all = {std::min(all.begin, need.range.begin), std::max(all.end, need.range.end)};
    return "";
  }

  int32_t add_piece(int32_t tensor, const Need& range, std::shared_ptr<const Bytes> values = nullptr) {
    out_.pieces.push_back({tensor, range, std::move(values)});
    return static_cast<int32_t>(out_.pieces.size()) - 1;
  }

  /// The steps of the part that was measured; the piece of the output.
  int32_t add_part(int32_t p) {
    std::map<int32_t, int32_t> computed;              // tensor -> piece
    std::map<std::pair<int32_t, Need>, int32_t> cut;  // ranges that other ranges hold
    for (const int32_t n : split_.nodes) {
      Step step = {Step::kPart, n, index_, p, made_[n].params, {}, {}};
      for (size_t i = 0; i < node(n).inputs.size(); ++i) {
        const int32_t t = node(n).inputs[i];
        const auto other = made_[n].constants.find(i);
        const bool replaced = other != made_[n].constants.end();
        step.inputs.push_back(t < 0 ? -1 : replaced ? add_piece(t, {}, other->second) : piece_for(n, p, t, made_[n].inputs[i], computed, &cut));
      }
      const int32_t written = node(n).outputs[0];
      computed[written] = add_piece(written, ranges_[written]);
      step.outputs = {computed[written]};
      parts_.push_back(std::move(step));
    }
    const auto at = static_cast<size_t>(p);
    return piece_for(last(), p, exit(), {axis_, {split_.bounds[at], split_.bounds[at + 1]}}, computed, &cut);
  }

  int32_t piece_for(int32_t n, int32_t p, int32_t t, const Need& need, const std::map<int32_t, int32_t>& computed,
                    std::map<std::pair<int32_t, Need>, int32_t>* cut) {
    const auto own = computed.find(t);
    const Tensor& tensor = tensor_at(graph_, t);
    if (own == computed.end() && need.axis != kPixelAxis && !is_part(tensor, need)) return t;
    if (own != computed.end() && need == ranges_[t]) return own->second;
    if (const auto known = cut->find({t, need}); known != cut->end()) return known->second;
    const int32_t source = own != computed.end() ? own->second : tensor.is_constant() || need.axis != kPixelAxis ? t : pixels_of(n, t);
    const int32_t piece = add_piece(t, need);
    (*cut)[{t, need}] = piece;
    if (own != computed.end())
      parts_.push_back({Step::kInner, n, index_, p, {}, {source}, {piece}});
    else if (!tensor.is_constant())
      views_.push_back({Step::kSlice, n, index_, p, {}, {source}, {piece}});
    return piece;
  }

  /// The tensor with all its pixels in one dim, once for all parts.
  int32_t pixels_of(int32_t n, int32_t t) {
    const auto [known, fresh] = pixels_.emplace(t, -1);
    if (!fresh) return known->second;
    known->second = add_piece(t, all_pixels(t));
    views_.push_back({Step::kShape, n, index_, -1, {}, {t}, {known->second}});
    return known->second;
  }
  Need all_pixels(int32_t t) const { return {kPixelAxis, {0, extent_of(tensor_at(graph_, t), kPixelAxis)}}; }

  void add_join(const std::vector<int32_t>& joined) {
    const bool pixels = split_.cut == Cut::kPixels;
    const int32_t whole = pixels ? add_piece(exit(), all_pixels(exit())) : exit();
    out_.steps.push_back({Step::kJoin, last(), index_, -1, {}, joined, {whole}});
    if (pixels) out_.steps.push_back({Step::kShape, last(), index_, -1, {}, {whole}, {exit()}});
  }

  const Graph& graph_;
  const Split& split_;
  int32_t index_;
  Layout& out_;
  int32_t axis_ = -1;
  std::vector<Step> views_, parts_;
  std::map<int32_t, int32_t> inner_;   ///< tensors between the nodes -> who writes them
  std::map<int32_t, int32_t> pixels_;  ///< tensors outside -> the piece with all pixels in one dim
  std::map<int32_t, Need> ranges_;     ///< of the tensors that the part computes
  std::map<int32_t, PartNode> made_;   ///< the nodes of the part
};

Layout whole_tensors(const Graph& graph) {
  Layout out;
  for (size_t t = 0; t < graph.tensors.size(); ++t) out.pieces.push_back({static_cast<int32_t>(t), {}, nullptr});
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
