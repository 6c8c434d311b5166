// SPDX-License-Identifier: Apache-2.0
#include "model/model.h"

#include "model/calls.h"
#include "plan/plan.h"

namespace inlay {
namespace {

/// Working memory of the checks; taken behind the model's tables so that one block serves both.
struct CheckMemory {
  uint8_t* written;
  PlanItem* items;
  int32_t* active;
  CallCheck* calls;
};

inlay_status check_plan(const Reader& r, inlay_model* m, int32_t index, const CheckMemory& memory) {
  const inlay_graph& graph = m->graphs[index];
  const uint32_t* offsets = m->offsets[index];
  plan_lifetimes(graph, memory.items);
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    PlanItem& item = memory.items[t];
    item.offset = offsets[t];
    if (item.planned && offsets[t] == INLAY_NOT_PLANNED) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan gives tensor % no place", t);
    }
    if (item.planned && offsets[t] % item.alignment != 0) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan puts tensor % on an address that is not aligned to %", t, item.alignment);
    }
    if (graph.tensors[t].data != nullptr && !checked_add(m->weights_bytes, graph.tensors[t].bytes, &m->weights_bytes)) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "the weights do not fit an address space");
    }
  }
  int32_t a = 0, b = 0;
  if (!plan_is_sound(graph, memory.items, m->planned_bytes, memory.active, &a, &b)) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan lets tensors % and % overlap or leave the block", a, b);
  }
  return INLAY_OK;
}

inlay_status find_plan(const Reader& r, const format::Plan** out) {
  const auto* plans = r.root->plans();
  if (plans == nullptr || plans->size() == 0) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the file has no plan for the reference CPU: convert the model again");
  }
  const format::Plan* plan = plans->Get(0);
  const uint32_t graphs = r.root->graphs()->size();
  if (plan->graphs() == nullptr || plan->graphs()->size() != graphs || plan->planned_bytes() >= INLAY_NOT_PLANNED) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan does not fit the graphs");
  }
  if (plan->lower_bound() > plan->planned_bytes()) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan is smaller than its own lower bound");
  }
  for (uint32_t i = 0; i < graphs; ++i) {
    const auto* offsets = plan->graphs()->Get(i)->offsets();
    const auto* tensors = r.root->graphs()->Get(i)->tensors();
    if ((offsets != nullptr ? offsets->size() : 0) != (tensors != nullptr ? tensors->size() : 0)) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "the plan of graph % does not list every tensor", i);
    }
  }
  *out = plan;
  return INLAY_OK;
}

/// The largest tensor count of any graph.
size_t most_tensors(const format::Model& root) {
  size_t most = 0;
  for (const format::Graph* graph : *root.graphs()) {
    const size_t count = graph->tensors() != nullptr ? graph->tensors()->size() : 0;
    if (count > most) most = count;
  }
  return most;
}

/// Reads the file; with `bump` counting, everything but what needs the tables. *out is NULL while counting.
inlay_status build(Reader& r, inlay_model** out) {
  const auto* graphs = r.root->graphs();
  if (graphs == nullptr || graphs->size() == 0 || graphs->size() > static_cast<uint32_t>(kMaxGraphs)) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "the file has no graph, or more than %", kMaxGraphs);
  }
  const format::Plan* plan = nullptr;
  INLAY_TRY(find_plan(r, &plan));
  if (check_placements != nullptr) INLAY_TRY(check_placements(r));
  auto* m = r.memory->take_array<inlay_model>(1);
  auto* tables = r.memory->take_array<inlay_graph>(graphs->size());
  auto* offsets = r.memory->take_array<const uint32_t*>(graphs->size());
  const uint32_t variable_count = r.root->variables() != nullptr ? r.root->variables()->size() : 0;
  auto* variables = r.memory->take_array<inlay_model_variable>(variable_count);
  size_t variables_bytes = 0;
  if (!r.memory->failed()) INLAY_TRY(read_variables(r, variables, &variables_bytes));
  for (uint32_t i = 0; i < graphs->size(); ++i) {
    INLAY_TRY(read_graph(r, *graphs->Get(i), tables != nullptr ? &tables[i] : nullptr));
  }
  const size_t most = most_tensors(*r.root);
  const CheckMemory check = {r.memory->take_array<uint8_t>(most), r.memory->take_array<PlanItem>(most),
                             r.memory->take_array<int32_t>(most), r.memory->take_array<CallCheck>(graphs->size())};
  if (r.memory->failed()) return INLAY_FAIL(r.error, MEMORY_TOO_SMALL, "the model's tables need more than % bytes", r.memory->used());
  if (m == nullptr) return INLAY_OK;
  static const uint32_t kNone[1] = {INLAY_NOT_PLANNED};
  *m = {};
  m->bytes = r.bytes;
  m->size = r.size;
  m->root = r.root;
  m->graphs = tables;
  m->offsets = offsets;
  m->graph_count = static_cast<int32_t>(graphs->size());
  m->planned_bytes = static_cast<size_t>(plan->planned_bytes());  // find_plan has seen that it fits
  m->variables = variables;
  m->variable_count = static_cast<int32_t>(variable_count);
  m->variables_bytes = variables_bytes;
  m->lower_bound = static_cast<size_t>(plan->lower_bound());
  m->lower_bound_unshared = plan->lower_bound_unshared() < SIZE_MAX ? static_cast<size_t>(plan->lower_bound_unshared()) : SIZE_MAX;
  for (uint32_t i = 0; i < graphs->size(); ++i) {
    const auto* stored = plan->graphs()->Get(i)->offsets();
    offsets[i] = stored != nullptr ? stored->data() : kNone;
    INLAY_TRY(check_wiring(r, tables[i], check.written));
    INLAY_TRY(check_plan(r, m, static_cast<int32_t>(i), check));
  }
  INLAY_TRY(check_calls(r, m, check.calls));
  *out = m;
  return INLAY_OK;
}

bool crc_wanted(const inlay_model_config* config) { return config == nullptr || config->skip_crc == 0; }

inlay_status check_arguments(const void* bytes, const inlay_model_config* config, inlay_error* error) {
  if (bytes == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "the model's bytes are NULL");
  if (config != nullptr && config->struct_size < sizeof(uint32_t) * 2) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_model_config.struct_size is not set");
  }
  return INLAY_OK;
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_model_measure(const void* bytes, size_t size, const inlay_model_config* config, size_t* need_bytes,
                                 inlay_error* error) {
  using namespace inlay;
  INLAY_TRY(check_arguments(bytes, config, error));
  if (need_bytes == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "need_bytes is NULL");
  Bump counter;
  Reader reader = {static_cast<const uint8_t*>(bytes), size, nullptr, &counter, error};
  INLAY_TRY(read_container(&reader, crc_wanted(config)));
  inlay_model* none = nullptr;
  INLAY_TRY(build(reader, &none));
  *need_bytes = counter.used();
  return INLAY_OK;
}

inlay_status inlay_model_init(const void* bytes, size_t size, const inlay_model_config* config, inlay_block memory, inlay_model** out,
                              inlay_error* error) {
  using namespace inlay;
  INLAY_TRY(check_arguments(bytes, config, error));
  if (out == nullptr || memory.data == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "out or memory.data is NULL");
  if (reinterpret_cast<uintptr_t>(memory.data) % kBlockAlignment != 0) {
    return INLAY_FAIL(error, MEMORY_MISALIGNED, "the model's memory must be aligned to %", kBlockAlignment);
  }
  Bump bump(memory);
  Reader reader = {static_cast<const uint8_t*>(bytes), size, nullptr, &bump, error};
  INLAY_TRY(read_container(&reader, crc_wanted(config)));
  return build(reader, out);
}

}  // extern "C"
