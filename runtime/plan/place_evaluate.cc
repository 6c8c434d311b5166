// SPDX-License-Identifier: Apache-2.0
#include "core/error.h"
#include "plan/place_state.h"

namespace inlay {
namespace {

int64_t* take_record(const PlaceProblem& problem, Bump* bump) {
  return bump->take_array<int64_t>(static_cast<size_t>(PlaceLayout(problem, problem.tensor_count, true).words));
}

}  // namespace

size_t place_evaluate_bytes(const PlaceProblem& problem) {
  if (!place_counts_make_sense(problem)) return 0;
  Bump bump;
  PlaceTables tables = {};
  take_tables(problem, &bump, &tables);
  take_record(problem, &bump);
  return bump.used();
}

size_t place_event_limit(const PlaceProblem& problem) {
  const auto places = static_cast<size_t>(problem.device_count) + 1;
  return static_cast<size_t>(problem.node_count) * 3 + static_cast<size_t>(problem.tensor_count) * places;
}

inlay_status evaluate_placement(const PlaceProblem& problem, const PlacePlan& plan, inlay_block memory, PlaceScore* score,
                                PlaceEvent* events, int32_t* event_count, inlay_error* error) {
  if (!place_counts_make_sense(problem)) return INLAY_FAIL(error, BAD_ARGUMENT, "the problem's counts make no sense");
  Bump bump(memory);
  PlaceTables tables = {};
  take_tables(problem, &bump, &tables);
  int64_t* words = take_record(problem, &bump);
  if (bump.failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "% bytes are needed", place_evaluate_bytes(problem));
  INLAY_TRY(fill_tables(problem, true, &tables, error));
  const PlaceLayout layout(problem, tables.slots, true);
  PlaceRecorder recorder = {events, 0};
  PlaceState state(tables, layout, words, events != nullptr ? &recorder : nullptr);
  state.begin();
  for (int32_t i = 0; i < problem.node_count; ++i) {
    const int32_t node = plan.order[i];
    if (node < 0 || node >= problem.node_count || !state.ready(node))
      return INLAY_FAIL(error, BAD_ARGUMENT, "the order issues no ready op at step %", i);
    const PlaceNode& n = problem.nodes[node];
    if (plan.options[node] < 0 || plan.options[node] >= n.option_count)
      return INLAY_FAIL(error, BAD_ARGUMENT, "op % has no option %", node, plan.options[node]);
    state.issue(node, n.options[plan.options[node]]);
  }
  state.end();
  *score = state.score();
  if (event_count != nullptr) *event_count = recorder.count;
  const int32_t full = state.full_memory();
  if (full < 0) return INLAY_OK;
  return INLAY_FAIL(error, OUT_OF_MEMORY, "device '%' needs % bytes and may take %",
                    problem.devices[tables.limit_device[full]].name, score->memory[full], tables.limit[full]);
}

}  // namespace inlay
