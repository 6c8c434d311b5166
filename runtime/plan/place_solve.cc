// SPDX-License-Identifier: Apache-2.0
// Around the search: plans made without it, the last polish, and what is told of it.
#include <algorithm>

#include "core/error.h"
#include "plan/place_search.h"

namespace inlay {
namespace {

constexpr int64_t kPolishIssues = 4000000;  // nodes issued, over all plans tried
constexpr int32_t kRuns[] = {1, 4, 16};     // of consecutive nodes that are moved together

}  // namespace

inlay_status PlaceSearch::prepare(inlay_error* error) {
  INLAY_TRY(fill_tables(p_, any_order_, &tables_, error));
  for (int32_t n = 0; n < p_.node_count; ++n) {
    const PlaceNode& node = p_.nodes[n];
    const auto allowed = [&](const PlaceOption& option) { return is_allowed(settings_, n, option); };
    if (std::any_of(node.options, node.options + node.option_count, allowed)) continue;
    const int32_t pin = settings_.pins[n];
    if (pin >= p_.device_count)
      return INLAY_FAIL(error, BAD_ARGUMENT, "op % is pinned to device %, there are %", n, pin, p_.device_count);
    return INLAY_FAIL(error, NO_DEVICE, "op % '%' is pinned to device '%', which does not run it", n, node.name,
                      p_.devices[pin].name);
  }
  const auto limited = [](uint64_t limit) { return limit != 0; };
  counts_.memory =
      settings_.objective == PlaceObjective::kMemory || std::any_of(tables_.limit, tables_.limit + tables_.places, limited);
  bounds_.fill(tables_, layout_, settings_);
  return INLAY_OK;
}

/// False when a memory limit is exceeded. `order`: NULL: the nodes' own.
bool PlaceSearch::score_plan(const int32_t* options, const int32_t* order, PlaceScore* score) const {
  PlaceState state(tables_, layout_, scratch(0));
  state.begin();
  for (int32_t i = 0; i < p_.node_count; ++i) {
    const int32_t node = order != nullptr ? order[i] : i;
    state.issue(node, p_.nodes[node].options[options[node]]);
  }
  state.end();
  *score = state.score();
  return state.full_memory() < 0;
}

bool PlaceSearch::consider(const int32_t* options, const int32_t* order) {
  PlaceScore score;
  ++steps_;
  if (!score_plan(options, order, &score) || !(value_of(score, settings_.objective) < best_)) return false;
  best_ = value_of(score, settings_.objective);
  found_ = true;
  for (int32_t i = 0; i < p_.node_count; ++i) {
    best_options_[i] = options[i];
    best_order_[i] = order != nullptr ? order[i] : i;
  }
  return true;
}

/// The cheapest option of a node on a device, or on any where that one refuses it or is -1.
int32_t PlaceSearch::cheapest(int32_t node, int32_t device) const {
  const PlaceNode& n = p_.nodes[node];
  int32_t best = -1, anywhere = -1;
  for (int32_t o = 0; o < n.option_count; ++o) {
    if (!is_allowed(settings_, node, n.options[o])) continue;
    if (anywhere < 0 || n.options[o].cost < n.options[anywhere].cost) anywhere = o;
    if (n.options[o].device == device && (best < 0 || n.options[o].cost < n.options[best].cost)) best = o;
  }
  return best >= 0 ? best : anywhere;
}

/// Node by node the option that leaves the least bound: the earliest finish, seen with what must follow.
void PlaceSearch::follow_bounds() {
  int64_t *record = scratch(0), *trial = scratch(1);
  PlaceState(tables_, layout_, record).begin();
  hold(-1);
  for (int32_t n = 0; n < p_.node_count; ++n) {
    if (!any_order_) hold(n);
    int64_t least = kNever;
    try_options_[n] = cheapest(n, -1);
    for (int32_t o = 0; o < p_.nodes[n].option_count; ++o) {
      if (!is_allowed(settings_, n, p_.nodes[n].options[o])) continue;
      std::copy(record, record + layout_.words, trial);
      PlaceState state(tables_, layout_, trial);
      state.issue(n, p_.nodes[n].options[o]);
      const int64_t bound = state.full_memory() < 0 ? bounds_.bound(trial, n + 1, holder_) : kNever;
      if (bound >= least) continue;
      least = bound;
      try_options_[n] = o;
    }
    PlaceState(tables_, layout_, record).issue(n, p_.nodes[n].options[try_options_[n]]);
  }
  consider(try_options_, nullptr);
}

void PlaceSearch::try_simple_plans() {
  for (int32_t device = -1; device < p_.device_count; ++device) {
    for (int32_t n = 0; n < p_.node_count; ++n) try_options_[n] = cheapest(n, device);
    consider(try_options_, nullptr);
  }
  for (int32_t n = 0; n < p_.node_count; ++n) {  // by capability: the first that takes it
    const PlaceNode& node = p_.nodes[n];
    const auto allowed = [&](const PlaceOption& option) { return is_allowed(settings_, n, option); };
    const PlaceOption* first = std::find_if(node.options, node.options + node.option_count, allowed);
    try_options_[n] = cheapest(n, first->device);
  }
  consider(try_options_, nullptr);
  follow_bounds();
}

/// Tries the nodes [first, first + count) in the order of issue on every device.
bool PlaceSearch::improve(int32_t first, int32_t count) {
  bool better = false;
  for (int32_t device = 0; device < p_.device_count; ++device) {
    std::copy(best_options_, best_options_ + p_.node_count, try_options_);
    std::copy(best_order_, best_order_ + p_.node_count, try_order_);
    bool changed = false;
    for (int32_t i = first; i < std::min(first + count, p_.node_count); ++i) {
      const int32_t node = best_order_[i], option = cheapest(node, device);
      changed = changed || option != try_options_[node];
      try_options_[node] = option;
    }
    if (changed) better = consider(try_options_, try_order_) || better;
  }
  return better;
}

void PlaceSearch::polish() {
  if (!found_ || given_up_ >= best_.first) return;
  const int64_t last = steps_ + kPolishIssues / std::max(p_.node_count, 1);
  bool better = true;
  while (better) {
    better = false;
    for (const int32_t run : kRuns) {
      for (int32_t i = 0; i < p_.node_count && steps_ < last; i += (run + 1) / 2) better = improve(i, run) || better;
    }
  }
}

inlay_status PlaceSearch::finish(PlacePlan plan, PlaceResult* result, inlay_error* error) {
  if (!found_) {
    const char* what = given_up_ == kNever ? "no placement fits: device '%' needs % bytes and may take %, at op %"
                                           : "found no placement that fits: device '%' needs % bytes and may take %, at op %";
    return INLAY_FAIL(error, OUT_OF_MEMORY, what, p_.devices[tables_.limit_device[full_.memory]].name, full_.bytes,
                      tables_.limit[full_.memory], full_.node);
  }
  score_plan(best_options_, best_order_, &result->score);
  std::copy(best_options_, best_options_ + p_.node_count, plan.options);
  std::copy(best_order_, best_order_ + p_.node_count, plan.order);
  result->value = best_.first;
  result->exact = given_up_ >= best_.first;
  result->lower_bound = std::min(given_up_, best_.first);
  result->steps = steps_;
  return INLAY_OK;
}

size_t place_solve_bytes(const PlaceProblem& problem, const PlaceSettings& settings) {
  if (!place_counts_make_sense(problem) || settings.labels < 2) return 0;
  Bump bump;
  PlaceSearch(problem, settings).take(&bump);
  return bump.failed() ? 0 : bump.used();
}

inlay_status solve_placement(const PlaceProblem& problem, const PlaceSettings& settings, inlay_block memory, PlacePlan plan,
                             PlaceResult* result, inlay_error* error) {
  if (!place_counts_make_sense(problem)) return INLAY_FAIL(error, BAD_ARGUMENT, "the problem's counts make no sense");
  if (settings.labels < 2) return INLAY_FAIL(error, BAD_ARGUMENT, "% labels are fewer than 2", settings.labels);
  Bump bump(memory);
  PlaceSearch search(problem, settings);
  search.take(&bump);
  if (bump.failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "% bytes are needed", place_solve_bytes(problem, settings));
  INLAY_TRY(search.prepare(error));
  search.try_simple_plans();
  search.search();
  search.polish();
  return search.finish(plan, result, error);
}

}  // namespace inlay
