// SPDX-License-Identifier: Apache-2.0
#include "planner/sharing.h"

#include <algorithm>

namespace inlay {
namespace {

constexpr size_t kMaxPairs = 4u << 20;  // a merge that would compare more pairs of tensors is left out

/// Walks the ops in order and lets each output join its inputs' groups. What is decided for earlier ops stays true: every
/// decision looks at all tensors that live at the op, and later ones see what was decided.
class Sharer {
 public:
  Sharer(const inlay_graph& graph, const std::vector<PlanItem>& items) : graph_(graph), items_(items) {
    const size_t count = items.size();
    out_.group.assign(count, -1);
    out_.delta.assign(count, 0);
    out_.members.resize(count);
    alignment_.assign(count, 1);
    for (size_t t = 0; t < count; ++t) {
      if (!items[t].planned) continue;
      out_.group[t] = static_cast<int32_t>(t);
      out_.members[t] = {static_cast<int32_t>(t)};
      alignment_[t] = items[t].alignment;
    }
  }

  Sharing run(Share how) {
    gathered_.assign(items_.size(), false);
    if (how == Share::kInsideJoined) find_gathered();
    for (int32_t n = 0; n < graph_.node_count && how != Share::kNothing; ++n) {
      const inlay_node& node = graph_.nodes[n];
      if (node.output_count < 1 || node.outputs[0] < 0 || !item(node.outputs[0]).planned) continue;
      switch (alias_of_kind(node.kind)) {
        case INLAY_ALIAS_INPLACE:
        case INLAY_ALIAS_INPLACE_ANY: overwrite(n); break;
        case INLAY_ALIAS_VIEW: look_into(node); break;
        case INLAY_ALIAS_VIEW_SLICE:
          if (how >= Share::kInside) look_into(node);
          break;
        case INLAY_ALIAS_VIEW_CONCAT:
          if (how >= Share::kInside) gather(n);
          break;
        default: break;
      }
    }
    normalize();
    return std::move(out_);
  }

 private:
  const PlanItem& item(int32_t t) const { return items_[static_cast<size_t>(t)]; }
  int32_t group(int32_t t) const { return out_.group[static_cast<size_t>(t)]; }
  int64_t delta(int32_t t) const { return out_.delta[static_cast<size_t>(t)]; }
  std::vector<int32_t>& members(int32_t g) { return out_.members[static_cast<size_t>(g)]; }
  bool lives_at(int32_t t, int32_t n) const { return item(t).first <= n && n <= item(t).last; }

  /// Do bytes [begin, end) of the group's space belong to tensor t, whose group is moved by `shift`?
  bool touches(int32_t t, int64_t shift, int64_t begin, int64_t end) const {
    const int64_t at = delta(t) + shift;
    return at < end && begin < at + static_cast<int64_t>(item(t).bytes);
  }

  uint8_t alignment_of(int32_t t) const { return alignment_[static_cast<size_t>(group(t))]; }

  /// Every tensor keeps its alignment when the groups of a and b are joined, b's moved by `shift`. The coarser group stays on its
  /// grid, so the distance has to suit the finer one alone.
  bool aligned(int32_t a, int32_t b, int64_t shift) const { return shift % std::min(alignment_of(a), alignment_of(b)) == 0; }

  void join(int32_t a, int32_t b, int64_t shift) {
    if (alignment_of(a) < alignment_of(b)) return join(b, a, -shift);
    const int32_t into = group(a), from = group(b);
    for (const int32_t t : members(from)) {
      out_.group[static_cast<size_t>(t)] = into;
      out_.delta[static_cast<size_t>(t)] += shift;
      members(into).push_back(t);
    }
    members(from).clear();
  }

  /// RESHAPE, SLICE: the output writes nothing, so it may lie in its input whatever else does.
  void look_into(const inlay_node& node) {
    Pieces pieces(graph_, node);
    Piece piece;
    if (!pieces.next(&piece)) return;
    const int32_t in = node.inputs[0], out = node.outputs[0];
    const int64_t shift = delta(in) + static_cast<int64_t>(piece.from) - delta(out);
    if (item(in).planned && aligned(in, out, shift)) join(in, out, shift);
  }

  /// Which tensors can lie inside of a concatenation.
  void find_gathered() {
    for (int32_t n = 0; n < graph_.node_count; ++n) {
      if (alias_of_kind(graph_.nodes[n].kind) != INLAY_ALIAS_VIEW_CONCAT) continue;
      Pieces pieces(graph_, graph_.nodes[n]);
      for (Piece piece; pieces.next(&piece);) gathered_[static_cast<size_t>(graph_.nodes[n].inputs[piece.input])] = true;
    }
  }

  /// Does t lie in a tensor of more bytes?
  bool lies_inside(int32_t t) {
    const std::vector<int32_t>& all = members(group(t));
    return std::any_of(all.begin(), all.end(), [&](int32_t other) { return item(other).bytes > item(t).bytes; });
  }

  /// In place: over the first input that nobody reads later, nor under another name in this very op. kInsideJoined: not over a
  /// part of a tensor where a concatenation waits for the output, which would leave that part's place and be a copy.
  void overwrite(int32_t n) {
    const inlay_node& node = graph_.nodes[n];
    const int32_t out = node.outputs[0];
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (!may_overwrite(graph_, node, i)) continue;
      const int32_t in = node.inputs[i];
      if (!item(in).planned || item(in).last != n) continue;
      if (gathered_[static_cast<size_t>(out)] && lies_inside(in)) continue;
      const int64_t begin = delta(in), end = begin + static_cast<int64_t>(item(in).bytes);
      const std::vector<int32_t>& others = members(group(in));
      const bool needed = std::any_of(others.begin(), others.end(), [&](int32_t t) {
        return t != in && lives_at(t, n) && touches(t, 0, begin, end);
      });
      const int64_t shift = begin - delta(out);
      if (needed || !aligned(in, out, shift)) continue;
      join(in, out, shift);
      return;
    }
  }

  /// CONCATENATION: the groups of the inputs join that of the output, the largest inputs first.
  void gather(int32_t n) {
    const inlay_node& node = graph_.nodes[n];
    Pieces pieces(graph_, node);
    std::vector<Piece> slots;
    Piece piece;
    while (pieces.next(&piece)) {
      if (item(node.inputs[piece.input]).planned) slots.push_back(piece);
    }
    std::vector<Piece> by_size = slots;
    std::stable_sort(by_size.begin(), by_size.end(), [](const Piece& a, const Piece& b) { return a.bytes > b.bytes; });
    const int32_t out = node.outputs[0];
    for (const Piece& slot : by_size) {
      const int32_t in = node.inputs[slot.input];
      if (group(in) == group(out)) continue;  // in place already, or never
      const int64_t shift = delta(out) + static_cast<int64_t>(slot.at) - delta(in);
      if (aligned(out, in, shift) && compatible(n, slots, in, shift)) join(out, in, shift);
    }
  }

  /// May the group of `in` join that of the output of node n, moved by `shift`?
  bool compatible(int32_t n, const std::vector<Piece>& slots, int32_t in, int64_t shift) {
    const inlay_node& node = graph_.nodes[n];
    const int32_t out = node.outputs[0];
    const std::vector<int32_t>& ours = members(group(out));
    const std::vector<int32_t>& theirs = members(group(in));
    if (ours.size() * theirs.size() > kMaxPairs) return false;
    for (const int32_t a : ours) {
      for (const int32_t b : theirs) {
        if (a == out) continue;
        const bool together = item(a).first <= item(b).last && item(b).first <= item(a).last;
        if (together && touches(b, shift, delta(a), delta(a) + static_cast<int64_t>(item(a).bytes))) return false;
      }
    }
    // The op still writes what is not in place then: that must hit nobody.
    uint64_t begin = 0;
    const auto hits = [&](uint64_t from, uint64_t to) {
      return from < to && std::any_of(theirs.begin(), theirs.end(), [&](int32_t t) {
        return lives_at(t, n) && touches(t, shift, delta(out) + static_cast<int64_t>(from), delta(out) + static_cast<int64_t>(to));
      });
    };
    for (const Piece& slot : slots) {
      const int32_t t = node.inputs[slot.input];
      const int64_t place = group(t) == group(in) ? delta(t) + shift : delta(t);
      const bool joined = group(t) == group(in) || group(t) == group(out);
      if (!joined || place != delta(out) + static_cast<int64_t>(slot.at)) continue;
      if (hits(begin, slot.at)) return false;
      begin = slot.at + slot.bytes;
    }
    return !hits(begin, item(out).bytes);
  }

  /// Deltas from the lowest byte of each group; steps of the group's alignment keep everybody's.
  void normalize() {
    for (const std::vector<int32_t>& group : out_.members) {
      if (group.empty()) continue;
      int64_t low = delta(group[0]);
      for (const int32_t t : group) low = std::min(low, delta(t));
      const int64_t step = alignment_[static_cast<size_t>(out_.group[static_cast<size_t>(group[0])])];
      low -= ((low % step) + step) % step;
      for (const int32_t t : group) out_.delta[static_cast<size_t>(t)] -= low;
    }
  }

  const inlay_graph& graph_;
  const std::vector<PlanItem>& items_;
  Sharing out_;
  std::vector<uint8_t> alignment_;  ///< per group
  std::vector<bool> gathered_;      ///< per tensor
};

/// Bytes that the tensors cover together. Sorts them.
uint64_t covered(std::vector<int32_t>& tensors, const std::vector<PlanItem>& items, const Sharing& sharing) {
  const auto key = [&](int32_t t) {
    return std::pair<int32_t, int64_t>(sharing.group[static_cast<size_t>(t)], sharing.delta[static_cast<size_t>(t)]);
  };
  std::sort(tensors.begin(), tensors.end(), [&](int32_t a, int32_t b) { return key(a) < key(b); });
  uint64_t sum = 0;
  int32_t group = -1;
  int64_t end = 0;
  for (const int32_t t : tensors) {
    const auto [g, begin] = key(t);
    const int64_t stop = begin + static_cast<int64_t>(items[static_cast<size_t>(t)].bytes);
    if (g != group) end = begin;
    group = g;
    if (stop > end) sum += static_cast<uint64_t>(stop - std::max(begin, end));
    end = std::max(end, stop);
  }
  return sum;
}

}  // namespace

Sharing share(const inlay_graph& graph, const std::vector<PlanItem>& items, Share how) { return Sharer(graph, items).run(how); }

uint64_t lower_bound(const inlay_graph& graph, const std::vector<PlanItem>& items, const Sharing& sharing) {
  std::vector<std::vector<int32_t>> born(static_cast<size_t>(graph.node_count) + 1);
  for (size_t t = 0; t < items.size(); ++t) {
    if (items[t].planned && items[t].bytes > 0) born[static_cast<size_t>(items[t].first + 1)].push_back(static_cast<int32_t>(t));
  }
  uint64_t bound = 0;
  std::vector<int32_t> live;
  for (int32_t n = -1; n < graph.node_count; ++n) {
    live.erase(std::remove_if(live.begin(), live.end(), [&](int32_t t) { return items[static_cast<size_t>(t)].last < n; }), live.end());
    const std::vector<int32_t>& more = born[static_cast<size_t>(n + 1)];
    live.insert(live.end(), more.begin(), more.end());
    bound = std::max(bound, covered(live, items, sharing));
  }
  return bound;
}

}  // namespace inlay
