// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/placing.h"

#include <cmath>
#include <cstddef>
#include <numeric>

#include "tools/graph/ir.h"

namespace inlay::tools {
namespace {

/// The tables that a PlaceProblem points to.
class View {
 public:
  explicit View(const Placing& from) {
    for (const PlacingNode& n : from.nodes) {
      nodes_.push_back({n.name.c_str(), n.inputs.data(), count(n.inputs), n.outputs.data(), count(n.outputs), n.options.data(),
                        count(n.options)});
    }
    for (const PlacingDevice& d : from.devices)
      devices_.push_back({d.name.c_str(), d.kind, d.shares_memory, d.start, d.submit, d.memory_limit});
    problem = {nodes_.data(),       count(nodes_),   from.tensors.data(), count(from.tensors), from.outputs.data(),
               count(from.outputs), devices_.data(), count(devices_),     from.paths.data()};
    if (from.paths.size() != (devices_.size() + 1) * (devices_.size() + 1)) throw Error("a placement problem without its paths");
  }
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  PlaceProblem problem;

 private:
  template <typename T>
  static int32_t count(const std::vector<T>& list) {
    return static_cast<int32_t>(list.size());
  }
  std::vector<PlaceNode> nodes_;
  std::vector<PlaceDevice> devices_;
};

/// Memory for the runtime's functions, aligned as they ask.
class Memory {
 public:
  explicit Memory(size_t bytes) : words_(bytes / sizeof(std::max_align_t) + 1) {}
  inlay_block block() { return {words_.data(), words_.size() * sizeof(std::max_align_t)}; }

 private:
  std::vector<std::max_align_t> words_;
};

void check_size(const Placing& problem, const PlacingPlan& plan) {
  if (plan.options.size() != problem.nodes.size() || plan.order.size() != problem.nodes.size())
    throw Error("a plan of " + std::to_string(plan.options.size()) + " ops for " + std::to_string(problem.nodes.size()));
}

}  // namespace

Nanos nanos_of(double us) { return static_cast<Nanos>(std::llround(static_cast<double>(static_cast<float>(us)) * 1000)); }

PlacingPlan first_plan(const Placing& problem) {
  PlacingPlan plan = {std::vector<int32_t>(problem.nodes.size(), 0), std::vector<int32_t>(problem.nodes.size())};
  std::iota(plan.order.begin(), plan.order.end(), 0);
  return plan;
}

struct Scheduler::State {
  explicit State(const Placing& p) : problem(p), view(p), memory(place_evaluate_bytes(view.problem)) {}

  inlay_status walk(const PlacingPlan& plan, Schedule* out, bool events, inlay_error* error) {
    check_size(problem, plan);
    options = plan.options;
    order = plan.order;
    if (events) out->events.resize(place_event_limit(view.problem) + 1);
    int32_t count = 0;
    const inlay_status status = evaluate_placement(view.problem, {options.data(), order.data()}, memory.block(), &out->score,
                                                   events ? out->events.data() : nullptr, &count, error);
    if (status != INLAY_OK && status != INLAY_STATUS_OUT_OF_MEMORY) throw Error(error->text);
    if (events) out->events.resize(static_cast<size_t>(count));
    return status;
  }

  const Placing& problem;
  View view;
  Memory memory;
  std::vector<int32_t> options, order;
};

Scheduler::Scheduler(const Placing& problem) : state_(std::make_unique<State>(problem)) {}
Scheduler::~Scheduler() = default;

Schedule Scheduler::schedule(const PlacingPlan& plan) {
  Schedule out;
  inlay_error error{};
  if (state_->walk(plan, &out, true, &error) != INLAY_OK) out.too_much = error.text;
  return out;
}

bool Scheduler::score(const PlacingPlan& plan, PlaceScore* score) {
  Schedule out;
  inlay_error error{};
  const bool fits = state_->walk(plan, &out, false, &error) == INLAY_OK;
  *score = out.score;
  return fits;
}

PlacingPlan solve(const Placing& problem, const PlaceSettings& settings, PlaceResult* result) {
  const View view(problem);
  Memory memory(place_solve_bytes(view.problem, settings));
  PlacingPlan plan = first_plan(problem);
  inlay_error error{};
  const PlacePlan out = {plan.options.data(), plan.order.data()};
  if (solve_placement(view.problem, settings, memory.block(), out, result, &error) != INLAY_OK) throw Error(error.text);
  return plan;
}

}  // namespace inlay::tools
