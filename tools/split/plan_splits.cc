// SPDX-License-Identifier: Apache-2.0
#include "tools/split/plan_splits.h"

#include <algorithm>

#include "tools/graph/uses.h"
#include "tools/split/reasons.h"
#include "tools/split/split_search.h"
#include "tools/split/stored.h"

namespace inlay::tools {
namespace {

constexpr int32_t kLabels = 256;  // of solve() for one candidate: parts have no choice

struct Trial {
  Placing problem;
  PlacingPlan plan;
  Nanos latency;
};

/// Splits that all save something in the run they are part of.
struct Kept {
  std::vector<DeviceSplit> splits;
  std::vector<Nanos> saved;
  std::vector<std::pair<Split, Nanos>> dropped;
  Trial placed;
};

class Planner {
 public:
  Planner(const Graph& graph, const Placing& whole, const Curves& curves, const SplitSettings& settings)
      : graph_(graph), whole_(whole), curves_(curves), settings_(settings) {
    if (whole.nodes.size() != graph.nodes.size()) throw Error("a placement problem of another graph");
  }

  SplitPlan run() {
    const Trial base = place({});
    SplitPlan out;
    out.whole = base.latency;
    measure_base(base);
    find_devices();
    if (queues_.empty()) {
      out.why = "nothing is split: no device computes while the host goes on";
    } else {
      find_candidates();
      take(best_kept(base), &out);
      out.rejected = rejections(graph_, out.splits, looks_, settings_);
    }
    if (out.splits.empty()) {
      out.problem = base.problem;
      out.plan = base.plan;
      out.latency = base.latency;
    }
    return out;
  }

 private:
  Trial place(const std::vector<DeviceSplit>& splits) const {
    std::vector<Split> plain;
    for (const DeviceSplit& s : splits) plain.push_back(s.split);
    Trial out = {placing_of(graph_, whole_, make_layout(graph_, plain), splits, curves_), {}, 0};
    PlaceSettings settings;
    settings.labels = kLabels;
    PlaceResult result = {};
    out.plan = solve(out.problem, settings, &result);
    out.latency = result.score.latency;
    return out;
  }

  /// By how much each op moves the end of the run without splits.
  void measure_base(const Trial& base) {
    base_.assign(graph_.nodes.size(), 0);
    const Schedule schedule = Scheduler(base.problem).schedule(base.plan);
    std::vector<Nanos> ends(graph_.nodes.size() + 1, 0);
    for (const PlaceEvent& e : schedule.events) ends[static_cast<size_t>(e.node)] = std::max(ends[static_cast<size_t>(e.node)], e.end);
    Nanos passed = 0;
    for (size_t n = 0; n < ends.size(); ++n) {
      const Nanos more = std::max<Nanos>(ends[n] - passed, 0);
      if (!base_.empty()) base_[std::min(n, base_.size() - 1)] += more;  // copies to the host at the end: the last op's
      passed += more;
    }
  }

  void find_devices() {
    for (size_t d = 0; d < whole_.devices.size(); ++d) {
      const bool queue = whole_.devices[d].kind == PlaceKind::kAsynchronous;
      (queue ? queues_ : others_).push_back(static_cast<int32_t>(d));
    }
  }

  Nanos cost_of(const std::vector<int32_t>& nodes, int32_t device) const {
    Nanos sum = 0;
    for (const int32_t n : nodes) {
      const Nanos cost = curves_.cost(n, device, 1);
      if (cost < 0) return -1;
      sum += cost;
    }
    return sum;
  }

  /// Sets of devices to try: what has a queue is fed first, the one that keeps the host busy last.
  std::vector<std::vector<int32_t>> device_sets(const std::vector<int32_t>& nodes) const {
    int32_t best = -1;
    for (const int32_t d : others_) {
      const Nanos cost = cost_of(nodes, d);
      if (cost >= 0 && (best < 0 || cost < cost_of(nodes, best))) best = d;
    }
    std::vector<int32_t> able;
    for (const int32_t d : queues_) {
      if (cost_of(nodes, d) >= 0) able.push_back(d);
    }
    std::vector<std::vector<int32_t>> sets;
    if (able.size() >= 2) sets.push_back(able);
    if (best < 0) return sets;
    for (const int32_t d : able) sets.push_back({d, best});
    if (able.size() >= 2) {
      sets.push_back(able);
      sets.back().push_back(best);
    }
    return sets;
  }

  bool splittable(int32_t n, Cut cut) const {
    const Node& node = graph_.nodes[static_cast<size_t>(n)];
    const int32_t axis = node.outputs.size() == 1 && node.outputs[0] >= 0 ? axis_of(tensor_at(graph_, node.outputs[0]), cut) : -1;
    return axis >= 0 && part_of(graph_, node, axis, {0, 1}).refusal.empty();
  }

  void find_candidates() {
    const auto count = static_cast<int32_t>(graph_.nodes.size());
    for (const Cut cut : {Cut::kRows, Cut::kPixels, Cut::kFeatures}) {
      for (int32_t first = 0; first < count; ++first) {
        std::vector<int32_t> nodes;
        Nanos base = 0;
        for (int32_t last = first; last < std::min(first + settings_.most_ops, count) && splittable(last, cut); ++last) {
          nodes.push_back(last);
          base += base_[static_cast<size_t>(last)];
          if (worth_cutting(tensor_at(graph_, graph_.nodes[static_cast<size_t>(last)].outputs[0]), cut)) look_at(nodes, base, cut);
        }
      }
    }
  }

  void look_at(const std::vector<int32_t>& nodes, Nanos base, Cut cut) {
    std::optional<Balanced> best;
    for (const std::vector<int32_t>& devices : device_sets(nodes)) {
      const std::optional<Balanced> one = balance(graph_, whole_, curves_, nodes, devices, cut);
      if (one && (!best || one->latency < best->latency)) best = one;
    }
    if (!best) return;
    Look look = {best->made, base, base - best->latency};
    name_devices(&look.made);
    if (static_cast<double>(look.gain) > settings_.part_margin * static_cast<double>(base)) candidates_.push_back(look);
    const auto [known, fresh] = looks_.emplace(nodes.front(), look);
    if (!fresh && look.gain > known->second.gain) known->second = std::move(look);
  }

  void name_devices(DeviceSplit* made) const {
    for (const int32_t d : made->devices) made->split.devices.push_back(whole_.devices[static_cast<size_t>(d)].name);
  }

  /// Those that have no op in common and save most together.
  std::vector<DeviceSplit> choose(bool rows_only, const std::vector<std::pair<Split, Nanos>>& without) const {
    const auto is_out = [&](const Look& c) {
      return std::any_of(without.begin(), without.end(), [&](const auto& out) {
        return out.first.nodes == c.made.split.nodes && out.first.cut == c.made.split.cut; });
    };
    const size_t count = graph_.nodes.size();
    std::vector<Nanos> best(count + 1, 0);  // of the first n ops
    std::vector<const Look*> taken(count + 1, nullptr);
    for (size_t n = 1; n <= count; ++n) {
      best[n] = best[n - 1];
      for (const Look& c : candidates_) {
        if (rows_only && c.made.split.cut != Cut::kRows) continue;
        if (static_cast<size_t>(c.last()) + 1 != n || best[static_cast<size_t>(c.first())] + c.gain <= best[n]) continue;
        if (is_out(c)) continue;
        best[n] = best[static_cast<size_t>(c.first())] + c.gain;
        taken[n] = &c;
      }
    }
    std::vector<DeviceSplit> out;
    for (size_t n = count; n > 0; n = taken[n] != nullptr ? static_cast<size_t>(taken[n]->first()) : n - 1) {
      if (taken[n] != nullptr) out.insert(out.begin(), taken[n]->made);
    }
    return out;
  }

  /// Drops one split after the other where the whole run does without it, or gains too little by it.
  Kept keep_what_pays(std::vector<DeviceSplit> splits) const {
    Kept out = {{}, {}, {}, place(splits)};
    for (size_t s = splits.size(); s-- > 0;) {
      std::vector<DeviceSplit> fewer = splits;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(s));
      Trial without = place(fewer);
      const Nanos saved = without.latency - out.placed.latency;
      if (static_cast<double>(saved) > settings_.part_margin * static_cast<double>(base_of(splits[s].split))) {
        out.saved.insert(out.saved.begin(), saved);
        continue;
      }
      out.dropped.emplace_back(splits[s].split, saved);
      splits = std::move(fewer);
      out.placed = std::move(without);
    }
    out.splits = std::move(splits);
    return out;
  }

  /// What saves most by itself need not in the whole run, so all cuts have to be better there than rows alone.
  Kept best_kept(const Trial& base) const {
    if (candidates_.empty()) return {{}, {}, {}, base};
    Kept all = keep_twice(false);
    const auto by_rows = [](const DeviceSplit& s) { return s.split.cut == Cut::kRows; };
    if (std::all_of(all.splits.begin(), all.splits.end(), by_rows) && all.dropped.empty()) return all;
    Kept rows = keep_twice(true);
    return rows.placed.latency < all.placed.latency ? rows : all;
  }

  /// Ops whose split was dropped get another chance, without it.
  Kept keep_twice(bool rows_only) const {
    Kept first = keep_what_pays(choose(rows_only, {}));
    if (first.dropped.empty()) return first;
    Kept second = keep_what_pays(choose(rows_only, first.dropped));
    second.dropped.insert(second.dropped.end(), first.dropped.begin(), first.dropped.end());
    return second.placed.latency < first.placed.latency ? second : first;
  }

  void take(Kept kept, SplitPlan* out) {
    for (const auto& [split, saved] : kept.dropped) looks_.at(split.nodes.front()).drop(split, saved);
    const Nanos saved = out->whole - kept.placed.latency;
    if (kept.splits.empty() || static_cast<double>(saved) < settings_.margin * static_cast<double>(out->whole)) {
      out->why = why_nothing(graph_, kept.splits.empty() ? 0 : saved, out->whole, looks_);
      return;
    }
    for (DeviceSplit& s : kept.splits) out->splits.push_back(std::move(s.split));
    out->saved = std::move(kept.saved);
    out->problem = std::move(kept.placed.problem);
    out->plan = std::move(kept.placed.plan);
    out->latency = kept.placed.latency;
    out->why = "predicted " + us_text(out->latency) + " instead of " + us_text(out->whole);
  }

  Nanos base_of(const Split& split) const {
    Nanos sum = 0;
    for (const int32_t n : split.nodes) sum += base_[static_cast<size_t>(n)];
    return sum;
  }

  const Graph& graph_;
  const Placing& whole_;
  const Curves& curves_;
  const SplitSettings& settings_;
  std::vector<Nanos> base_;
  std::vector<int32_t> queues_, others_;
  std::vector<Look> candidates_;
  Looks looks_;
};

}  // namespace

SplitPlan plan_splits(const Graph& graph, const Placing& whole, const Curves& curves, const SplitSettings& settings) {
  return Planner(graph, whole, curves, settings).run();
}

}  // namespace inlay::tools
