// SPDX-License-Identifier: Apache-2.0
#include "plan/place_search.h"

#include <algorithm>

namespace inlay {
namespace {

constexpr int32_t kFewNodes = 64;             // up to so many any order is searched, and the objective's second number
constexpr int32_t kLabelsOfManyClocks = 256;  // throughput: partial plans differ in every queue's work
constexpr int64_t kMostWords = 200000000;     // written by a search, about: a few seconds
constexpr int32_t kFewestLabels = 64;

/// As many as are wanted, or fewer where the records are long and the graph is.
int32_t affordable(const PlaceProblem& problem, const PlaceLayout& layout, int32_t labels) {
  int64_t options = 1;
  for (int32_t n = 0; n < problem.node_count; ++n) options += problem.nodes[n].option_count;
  const int64_t most = kMostWords / (options * layout.words);
  return static_cast<int32_t>(std::clamp<int64_t>(most, std::min(labels, kFewestLabels), labels));
}

}  // namespace

PlaceSearch::PlaceSearch(const PlaceProblem& problem, const PlaceSettings& settings)
    : p_(problem),
      settings_(settings),
      any_order_(settings.reorder && problem.node_count <= kFewNodes),
      layout_(problem, place_slots(problem, any_order_), any_order_) {
  settings_.labels = affordable(problem, layout_, settings.labels);
  counts_.busy = settings.objective == PlaceObjective::kThroughput;
  counts_.clocks = settings.objective == PlaceObjective::kLatency || problem.node_count <= kFewNodes;
  if (!counts_.clocks) settings_.labels = std::min(settings_.labels, kLabelsOfManyClocks);
}

void PlaceSearch::take(Bump* bump) {
  const auto nodes = static_cast<size_t>(p_.node_count);
  take_tables(p_, bump, &tables_);
  bounds_.take(p_, bump);
  now_.take(layout_, settings_.labels, bump);
  next_.take(layout_, settings_.labels, bump);
  history_ = bump->take_array<PlaceStep>((nodes + 1) * static_cast<size_t>(settings_.labels));
  scratch_ = bump->take_array<int64_t>(2 * static_cast<size_t>(layout_.words));
  holder_ = bump->take_array<int32_t>(static_cast<size_t>(p_.tensor_count) + 1);
  for (int32_t** list : {&best_options_, &best_order_, &try_options_, &try_order_}) *list = bump->take_array<int32_t>(nodes);
}

/// From now on the tensors of `node` are in their slots; -1: those from before the run.
void PlaceSearch::hold(int32_t node) {
  for (int32_t i = 0; i < p_.tensor_count && node < 0; ++i) {
    if (tables_.slot[i] >= 0 && (any_order_ || tables_.producer[i] < 0)) holder_[tables_.slot[i]] = i;
  }
  for (int32_t i = 0; node >= 0 && i < p_.nodes[node].output_count; ++i) {
    const int32_t tensor = p_.nodes[node].outputs[i];
    if (tensor >= 0) holder_[tables_.slot[tensor]] = tensor;
  }
}

void PlaceSearch::note_full(int32_t memory, int32_t node, const PlaceScore& score) {
  const auto over = [&](int32_t m, uint64_t bytes) { return bytes - tables_.limit[m]; };
  if (full_.memory >= 0 && over(full_.memory, full_.bytes) <= over(memory, score.memory[memory])) return;
  full_.memory = memory;
  full_.node = node;
  full_.bytes = score.memory[memory];
}

/// All ways to issue `node` next.
void PlaceSearch::expand(int32_t layer, int32_t label, int32_t node) {
  for (int32_t o = 0; o < p_.nodes[node].option_count; ++o) {
    const PlaceOption& option = p_.nodes[node].options[o];
    if (!is_allowed(settings_, node, option)) continue;
    if (next_.full()) {
      given_up_ = std::min(given_up_, next_.compact(settings_.labels - (settings_.labels + 3) / 4));
    }
    int64_t* words = next_.fresh();
    std::copy(now_.record(label), now_.record(label) + layout_.words, words);
    PlaceState state(tables_, layout_, words);
    state.issue(node, option);
    ++steps_;
    const int32_t memory = state.full_memory();
    if (memory >= 0) {
      note_full(memory, node, state.score());
      continue;
    }
    state.settle();
    const int64_t bound = bounds_.bound(words, layer + 1, holder_);
    if (bound > best_.first) continue;
    next_.keep({label, node, o}, bound, counts_);
  }
}

/// A plan is complete: is it the best?
void PlaceSearch::close(int32_t label) {
  std::copy(now_.record(label), now_.record(label) + layout_.words, scratch(0));
  PlaceState state(tables_, layout_, scratch(0));
  state.end();
  const PlaceScore score = state.score();
  const int32_t memory = state.full_memory();
  if (memory >= 0) return note_full(memory, p_.node_count, score);
  const PlaceValue value = value_of(score, settings_.objective);
  if (!(value < best_)) return;
  best_ = value;
  found_ = true;
  for (int32_t layer = p_.node_count, at = label; layer > 0; --layer) {
    const PlaceStep& step = history_[static_cast<ptrdiff_t>(layer) * settings_.labels + at];
    best_order_[layer - 1] = step.node;
    best_options_[step.node] = step.option;
    at = step.parent;
  }
}

void PlaceSearch::search() {
  now_.clear();
  PlaceState(tables_, layout_, now_.fresh()).begin();
  now_.keep({-1, -1, -1}, 0, counts_);
  hold(-1);
  for (int32_t layer = 0; layer < p_.node_count; ++layer) {
    next_.clear();
    if (now_.count() != 0) full_.memory = -1;
    if (!any_order_) hold(layer);
    for (int32_t label = 0; label < now_.count(); ++label) {
      if (!any_order_) {
        expand(layer, label, layer);
        continue;
      }
      const PlaceState state(tables_, layout_, now_.record(label));
      for (int32_t node = 0; node < p_.node_count; ++node) {
        if (state.ready(node)) expand(layer, label, node);
      }
    }
    next_.compact(settings_.labels);
    PlaceStep* steps = history_ + static_cast<ptrdiff_t>(layer + 1) * settings_.labels;
    for (int32_t i = 0; i < next_.count(); ++i) steps[i] = next_.step(i);
    std::swap(now_, next_);
  }
  // Plans of the search come before equal ones made without it: theirs is the first in the order of options.
  const PlaceValue simple = best_;
  if (found_) ++best_.second;
  if (now_.count() != 0) full_.memory = -1;
  for (int32_t label = 0; label < now_.count(); ++label) close(label);
  if (simple < best_) best_ = simple;
}

}  // namespace inlay
