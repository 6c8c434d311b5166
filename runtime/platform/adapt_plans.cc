// SPDX-License-Identifier: Apache-2.0
#include "platform/adapt_plans.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "inlay/backend.h"
#include "plan/place_device.h"

namespace inlay {
namespace {

/// Partial plans kept per op: a network's frontier rarely has more, and the search must not take a neighbour's core for long.
constexpr int32_t kLabels = 256;
/// Placements this near to the best are as good: the one that is known or prepared is taken.
constexpr Nanos kNearlyPercent = 2;
/// Factors are kept within this, whatever a clock says.
constexpr float kMostFactor = 1000;

PlaceSettings settings_of_search() {
  PlaceSettings settings;
  settings.labels = kLabels;
  return settings;
}

Nanos to_nanos(double us) {
  return static_cast<Nanos>(std::llround(std::min(us * 1000, static_cast<double>(kMostPlaceNanos) / (2 * kMostFactor))));
}

int32_t stored_column(const inlay_placement& stored, int32_t node) {
  return stored.devices != nullptr ? stored.devices[node] : 0;
}

bool is_variable(const inlay_graph& graph, int32_t tensor) {
  return tensor >= 0 && (graph.tensors[tensor].flags & INLAY_TENSOR_VARIABLE) != 0;
}

inlay_status no_memory(inlay_error* error) { return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to plan with"); }

}  // namespace

inlay_status AdaptPlans::find_columns(const inlay_model& model, int32_t placement, inlay_error* error) {
  if (!columns_.make(static_cast<size_t>(column_count_)) || !column_place_.make(static_cast<size_t>(column_count_)))
    return no_memory(error);
  for (int32_t c = 0; c < column_count_; ++c) {
    const char* name = inlay_model_placement_device(&model, placement, c);
    column_place_[c] = -1;
    if (!find_column(name, &columns_[c])) {
      columns_[c].device = {};
      continue;
    }
    const inlay_device& device = columns_[c].device;
    int32_t d = 0;
    while (d < device_count_ && !same_device(devices_[d], device)) ++d;
    if (d == kMostPlaceDevices - 1) {
      return INLAY_FAIL(error, UNSUPPORTED, "the stored placement has more than % devices", kMostPlaceDevices - 1);
    }
    column_place_[c] = d;
    if (d < device_count_) continue;
    devices_[device_count_] = device;
    places_[device_count_++] = place_device(device, name);
  }
  places_[device_count_] = {"session", PlaceKind::kHost, false, 0, 0, 0};
  // The CPU is one processor, however many libraries compute on it; each accelerator is one.
  int32_t host = -1;
  for (int32_t d = 0; d < device_count_; ++d) {
    const bool on_host = on_host_cores(devices_[d]);
    if (on_host && host >= 0) {
      processor_[d] = host;
      continue;
    }
    processor_names_[processors_] = on_host ? "cpu" : places_[d].name;
    processor_[d] = processors_++;
    if (on_host) host = processor_[d];
  }
  return INLAY_OK;
}

void AdaptPlans::add_option(int32_t device, Nanos cost, uint8_t column, bool counted, int32_t* next) {
  base_[*next] = {device, cost};
  origin_[*next] = {column, counted};
  ++*next;
}

/// Of the columns of one device, variants among them, the cheapest; of the device that the placement stores, that column.
void AdaptPlans::add_row(const inlay_placement& stored, int32_t node, int32_t* next) {
  const float* row = stored.costs_us + static_cast<int64_t>(node) * column_count_;
  const int32_t kept = stored_column(stored, node);
  for (int32_t d = 0; d < device_count_; ++d) {
    int32_t best = -1;
    for (int32_t c = 0; c < column_count_; ++c) {
      if (column_place_[c] != d || !(row[c] >= 0)) continue;  // NaN is no cost either
      if (best < 0 || c == kept || (best != kept && row[c] < row[best])) best = c;
    }
    if (best < 0) continue;
    if (best == kept) stored_[node] = *next - first_[node];
    add_option(d, to_nanos(static_cast<double>(row[best])), static_cast<uint8_t>(best), true, next);
  }
}

inlay_status AdaptPlans::make_options(const inlay_placement& stored, inlay_error* error) {
  const auto most = (static_cast<size_t>(nodes_) + 1) * static_cast<size_t>(device_count_ + 1);
  const auto node_count = static_cast<size_t>(nodes_);
  if (!first_.make(node_count + 1) || !stored_.make(node_count) || !base_.make(most) || !scaled_.make(most) ||
      !origin_.make(most)) {
    return no_memory(error);
  }
  int32_t next = 0;
  for (int32_t n = 0; n < nodes_; ++n) {
    first_[n] = next;
    const int32_t column = stored_column(stored, n);
    const bool free = column == INLAY_PLACED_FREELY;
    if (!free && column_place_[column] < 0) return INLAY_FAIL(error, NO_DEVICE, "a device of the stored placement is not here");
    if (!free && stored.costs_us[static_cast<int64_t>(n) * column_count_ + column] >= 0) {
      add_row(stored, n, &next);
    } else {  // whoever placed it knew more than costs: it stays there
      add_option(free ? device_count_ : column_place_[column], 0, static_cast<uint8_t>(column), false, &next);
    }
  }
  first_[nodes_] = option_count_ = next;
  for (int32_t i = 0; i < next; ++i) scaled_[i] = base_[i];
  return INLAY_OK;
}

inlay_status AdaptPlans::make_problem(const inlay_model& model, inlay_error* error) {
  const inlay_graph& graph = *inlay_model_graph(&model, 0);
  const auto node_count = static_cast<size_t>(nodes_);
  size_t link_count = static_cast<size_t>(graph.output_count);
  for (int32_t n = 0; n < nodes_; ++n)
    link_count += static_cast<size_t>(graph.nodes[n].input_count + graph.nodes[n].output_count);
  const auto places = static_cast<size_t>(device_count_) + 2;
  if (!links_.make(link_count) || !place_nodes_.make(node_count) || !tensors_.make(static_cast<size_t>(graph.tensor_count)) ||
      !paths_.make(places * places) || !order_.make(node_count) || !found_order_.make(node_count)) {
    return no_memory(error);
  }
  int32_t* next = links_.data();
  // Variables have several writers and stay where they are: nothing is known of their travels.
  const auto take = [&](const int32_t* list, int32_t count) {
    int32_t* begin = next;
    for (int32_t i = 0; i < count; ++i) *next++ = is_variable(graph, list[i]) ? -1 : list[i];
    return begin;
  };
  for (int32_t n = 0; n < nodes_; ++n) {
    const inlay_node& node = graph.nodes[n];
    order_[n] = n;
    const int32_t* inputs = take(node.inputs, node.input_count);
    const int32_t* outputs = take(node.outputs, node.output_count);
    place_nodes_[n] = {
        inlay_op_kind_name(node.kind), inputs, node.input_count, outputs, node.output_count, scaled_.data() + first_[n],
        first_[n + 1] - first_[n]};
  }
  for (int32_t t = 0; t < graph.tensor_count; ++t) tensors_[t] = {graph.tensors[t].bytes, graph.tensors[t].data != nullptr};
  int32_t* outputs = next;
  for (int32_t i = 0; i < graph.output_count; ++i) {
    if (is_variable(graph, graph.outputs[i]) || std::find(outputs, next, graph.outputs[i]) != next) continue;
    *next++ = graph.outputs[i];
  }
  // Transfers are left out (older models store none): a trial tells whether that was near enough.
  for (size_t place = 1; place < places; ++place) paths_[place] = paths_[place * places] = {true, 0, 0};
  problem_ = {place_nodes_.data(),
              nodes_,
              tensors_.data(),
              graph.tensor_count,
              outputs,
              static_cast<int32_t>(next - outputs),
              places_,
              device_count_ + 1,
              paths_.data()};
  const size_t bytes = std::max(place_solve_bytes(problem_, settings_of_search()), place_evaluate_bytes(problem_));
  if (bytes == 0) return INLAY_FAIL(error, UNSUPPORTED, "a graph of % ops is too large to be placed", nodes_);
  if (!memory_.make(bytes / sizeof(max_align_t) + 1)) return no_memory(error);
  memory_block_ = {memory_.data(), bytes};
  return INLAY_OK;
}

inlay_status AdaptPlans::check_choice(inlay_error* error) const {
  for (int32_t n = 0; n < nodes_; ++n) {
    for (int32_t i = first_[n] + 1; i < first_[n + 1]; ++i) {
      if (processor_[base_[i].device] != processor_[base_[first_[n]].device]) return INLAY_OK;
    }
  }
  return INLAY_FAIL(
      error, UNSUPPORTED,
      "nothing to adapt to: no op was measured both on the CPU and an accelerator that is here, or on two of those");
}

inlay_status AdaptPlans::init(const inlay_model& model, int32_t placement, inlay_error* error) {
  inlay_placement stored = {};
  INLAY_TRY(inlay_model_placement(&model, placement, &stored));
  if (stored.costs_us == nullptr) {
    return INLAY_FAIL(error, UNSUPPORTED, "the stored placement has no costs to adapt by: make it anew with inlay tune");
  }
  nodes_ = inlay_model_graph(&model, 0)->node_count;
  column_count_ = stored.device_count;
  INLAY_TRY(find_columns(model, placement, error));
  INLAY_TRY(make_options(stored, error));
  INLAY_TRY(check_choice(error));
  return make_problem(model, error);
}

bool AdaptPlans::same(const int32_t* a, const int32_t* b) const { return std::equal(a, a + nodes_, b); }

int32_t AdaptPlans::processor_of(const int32_t* plan, int32_t node, Nanos* cost) const {
  const int32_t i = first_[node] + plan[node];
  *cost = base_[i].cost;
  return origin_[i].counted && base_[i].cost > 0 ? processor_[base_[i].device] : -1;
}

void AdaptPlans::scale(const float* factors) {
  for (int32_t i = 0; i < option_count_; ++i) {
    if (!origin_[i].counted) continue;
    const float factor = std::min(std::max(factors[processor_[base_[i].device]], 1 / kMostFactor), kMostFactor);
    scaled_[i].cost = std::llround(static_cast<double>(base_[i].cost) * static_cast<double>(factor));
  }
}

inlay_status AdaptPlans::latency(const int32_t* plan, Nanos* out, inlay_error* error) {
  PlaceScore score = {};
  const PlacePlan walked = {const_cast<int32_t*>(plan), order_.data()};  // only read
  INLAY_TRY(evaluate_placement(problem_, walked, memory_block_, &score, nullptr, nullptr, error));
  *out = score.latency;
  return INLAY_OK;
}

inlay_status AdaptPlans::judge(const float* factors, float margin, const int32_t* running, const int32_t* other, int32_t* out,
                               Judgement* judgement, inlay_error* error) {
  scale(factors);
  INLAY_TRY(latency(running, &judgement->running, error));
  PlaceResult result = {};
  INLAY_TRY(solve_placement(problem_, settings_of_search(), memory_block_, {out, found_order_.data()}, &result, error));
  judgement->best = result.score.latency;
  const int32_t* const all_known[] = {stored_.data(), other};
  for (const int32_t* known : all_known) {
    Nanos needs = 0;
    if (known == nullptr) continue;
    INLAY_TRY(latency(known, &needs, error));
    if (needs * 100 > result.score.latency * (100 + kNearlyPercent)) continue;
    std::copy(known, known + nodes_, out);
    judgement->best = needs;
    break;
  }
  judgement->moved = 0;
  for (int32_t n = 0; n < nodes_; ++n) judgement->moved += out[n] != running[n] ? 1 : 0;
  judgement->better = judgement->moved > 0 && static_cast<double>(judgement->best) * (1 + static_cast<double>(margin)) <=
                                                  static_cast<double>(judgement->running);
  return INLAY_OK;
}

bool AdaptPlans::fill(const int32_t* plan, SessionPlacement* placement, inlay_config* config) const {
  HeapArray<uint8_t> placed;
  if (!placed.make(static_cast<size_t>(nodes_))) return false;
  for (int32_t n = 0; n < nodes_; ++n) placed[n] = origin_[first_[n] + plan[n]].column;
  return placement->fill(columns_.data(), column_count_, placed.data(), nodes_, config);
}

}  // namespace inlay
