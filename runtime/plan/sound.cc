// SPDX-License-Identifier: Apache-2.0
#include "plan/plan.h"

namespace inlay {
namespace {

/// The tensors that live at one op, and the question whether bytes may be written there.
struct Check {
  const inlay_graph& graph;
  const PlanItem* items;
  int32_t* active;
  int32_t count;
  int32_t* bad_b;

  /// Does anything but `a` and `b` use bytes [begin, end)?
  bool in_use(size_t begin, size_t end, int32_t a, int32_t b) const {
    if (begin >= end) return false;
    for (int32_t i = 0; i < count; ++i) {
      const PlanItem& other = items[active[i]];
      const bool apart = end <= other.offset || other.offset + other.bytes <= begin;
      if (!apart && other.bytes != 0 && active[i] != a && active[i] != b) {
        *bad_b = active[i];
        return true;
      }
    }
    return false;
  }

  /// The input that output 0 of node `n` overwrites, or -1.
  int32_t overwritten(int32_t n) const {
    const inlay_node& node = graph.nodes[n];
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (!may_overwrite(graph, node, i)) continue;
      const PlanItem& in = items[node.inputs[i]];
      if (in.planned && in.last == n && in.offset == items[node.outputs[0]].offset) return node.inputs[i];
    }
    return -1;
  }

  /// May node `n` write its output 0, a planned tensor, where the plan puts it?
  bool writes_output_0(int32_t n) const {
    const inlay_node& node = graph.nodes[n];
    const int32_t t = node.outputs[0];
    const PlanItem& out = items[t];
    const int32_t replaced = overwritten(n);
    size_t begin = 0;  // of the bytes not yet known to be in place
    Pieces pieces(graph, node);
    Piece piece;
    while (pieces.next(&piece)) {
      const PlanItem& in = items[node.inputs[piece.input]];
      if (!in.planned || in.offset + piece.from != out.offset + piece.at) continue;
      if (in_use(out.offset + begin, out.offset + piece.at, t, replaced)) return false;
      begin = piece.at + piece.bytes;
    }
    return !in_use(out.offset + begin, out.offset + out.bytes, t, replaced);
  }

  bool writes(int32_t n, int32_t index, int32_t t) const {
    if (n >= 0 && index == 0) return writes_output_0(n);
    return !in_use(items[t].offset, items[t].offset + items[t].bytes, t, t);
  }
};

}  // namespace

bool plan_is_sound(const inlay_graph& graph, const PlanItem* items, size_t planned_bytes, int32_t* active, int32_t* bad_a,
                   int32_t* bad_b) {
  Check check = {graph, items, active, 0, bad_b};
  for (int32_t n = -1; n < graph.node_count; ++n) {
    int32_t kept = 0;
    for (int32_t i = 0; i < check.count; ++i) {
      if (items[active[i]].last >= n) active[kept++] = active[i];
    }
    check.count = kept;
    const int32_t* born = n < 0 ? graph.inputs : graph.nodes[n].outputs;
    const int32_t born_count = n < 0 ? graph.input_count : graph.nodes[n].output_count;
    for (int32_t b = 0; b < born_count; ++b) {
      const int32_t t = born[b];
      if (t < 0 || !items[t].planned) continue;
      *bad_a = *bad_b = t;
      // From here on no sum of an offset and what lies behind it leaves a size_t.
      if (items[t].bytes > planned_bytes || items[t].offset > planned_bytes - items[t].bytes) return false;
      active[check.count++] = t;
    }
    for (int32_t b = 0; b < born_count; ++b) {
      const int32_t t = born[b];
      if (t < 0 || !items[t].planned) continue;
      *bad_a = t;
      if (!check.writes(n, b, t)) return false;
    }
  }
  return true;
}

}  // namespace inlay
