// SPDX-License-Identifier: Apache-2.0
// Making and asking an adaptive session; platform/adapt_run.cc runs it.
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <algorithm>
#include <new>

#include "core/error.h"
#include "platform/adapt.h"

namespace inlay {
namespace {

constexpr size_t kAlignment = 64;

uint64_t host_now(void*) {
  timespec t = {};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<uint64_t>(t.tv_sec) * 1000000000u + static_cast<uint64_t>(t.tv_nsec);
}

/// The observer's clock has its user; the program's clock wants the program's.
uint64_t observed_now(void* user) {
  const auto& a = *static_cast<inlay_adaptive*>(user);
  return a.config.now(a.config.user);
}

void op_done(void* user, int32_t graph, int32_t node, uint64_t begin, uint64_t end) {
  auto& a = *static_cast<inlay_adaptive*>(user);
  if (graph != 0 || node < 0 || node >= a.plans.nodes() || end < begin) return;
  Nanos cost = 0;
  const int32_t processor = a.plans.processor_of(a.watched->plan.data(), node, &cost);
  if (processor >= 0) a.monitor->op(processor, end - begin, cost);
}

inlay_status set_config(inlay_adaptive* a, const inlay_adaptive_config* config, inlay_error* error) {
  inlay_adaptive_config& c = a->config;
  if (config != nullptr) {
    if (config->struct_size < sizeof(c)) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_adaptive_config.struct_size is not set");
    c = *config;
  }
  struct Number {
    int32_t* value;
    int32_t usual, least, most;
    const char* name;
  };
  const Number numbers[] = {{&c.watch_every, 16, 1, 1 << 20, "watch_every"}, {&c.window, 9, 3, kMostWindow, "window"},
                            {&c.patience, 3, 1, 1 << 20, "patience"},        {&c.trial, 5, 3, kMostWindow, "trial"},
                            {&c.dwell, 256, 1, 1 << 20, "dwell"},            {&c.retry, 512, -1, 1 << 20, "retry"}};
  for (const Number& n : numbers) {
    if (*n.value == 0) *n.value = n.usual;
    if (*n.value >= n.least && *n.value <= n.most) continue;
    return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_adaptive_config.% is %, it may be % to %", n.name, *n.value, n.least, n.most);
  }
  if (c.margin == 0) c.margin = 0.15f;
  if (!(c.margin > 0 && c.margin <= 10)) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_adaptive_config.margin is above 0, and at most 10");
  if (c.now == nullptr) c.now = host_now;
  if (c.session == nullptr) {
    a->session_config.struct_size = sizeof(inlay_config);
    return INLAY_OK;
  }
  if (c.session->struct_size < sizeof(inlay_config)) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_config.struct_size is not set");
  a->session_config = *c.session;
  const inlay_config& s = a->session_config;
  if (s.device_count == 0 && s.placement == nullptr && s.share == nullptr && s.variants == nullptr) return INLAY_OK;
  return INLAY_FAIL(error, BAD_ARGUMENT, "devices, placement, variants and share of the session are for the adaptation to choose");
}

/// One side of the model: its inputs or its outputs.
struct Side {
  int32_t (*count)(const inlay_model*);
  inlay_status (*info)(const inlay_model*, int32_t, inlay_tensor_info*);
  HeapArray<AdaptBinding> inlay_adaptive::*bindings;
};
constexpr Side kSides[] = {{inlay_model_input_count, inlay_model_input_info, &inlay_adaptive::inputs},
                           {inlay_model_output_count, inlay_model_output_info, &inlay_adaptive::outputs}};

/// Inputs and outputs get memory that no session owns: so they stay where they are.
inlay_status make_buffers(inlay_adaptive* a, inlay_error* error) {
  for (const Side& side : kSides) {
    const int32_t count = side.count(a->model);
    HeapArray<AdaptBinding>& bindings = a->*side.bindings;
    if (!bindings.make(static_cast<size_t>(count))) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for inputs and outputs");
    for (int32_t i = 0; i < count; ++i) {
      inlay_tensor_info info = {};
      INLAY_TRY(side.info(a->model, i, &info));
      void* memory = aligned_alloc(kAlignment, info.bytes / kAlignment * kAlignment + kAlignment);
      if (memory == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for inputs and outputs (% bytes)", info.bytes);
      memset(memory, 0, info.bytes);
      bindings[i] = {memory, memory, info.bytes};
    }
  }
  return INLAY_OK;
}

inlay_status make(inlay_adaptive* a, const inlay_adaptive_config* config, inlay_error* error) {
  INLAY_TRY(set_config(a, config, error));
  const inlay_config& session = a->session_config;
  const int32_t placement = inlay_model_placement_find(a->model, threads_wanted(session), error);
  if (placement < 0) return inlay_model_placement_count(a->model) == 0 ? INLAY_STATUS_BAD_INDEX : INLAY_STATUS_NO_DEVICE;
  INLAY_TRY(a->plans.init(*a->model, placement, error));
  const auto nodes = static_cast<size_t>(a->plans.nodes());
  if (!a->slots[0].plan.make(nodes) || !a->slots[1].plan.make(nodes) || !a->candidate.make(nodes)) {
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for placements");
  }
  std::copy(a->plans.stored(), a->plans.stored() + nodes, a->slots[0].plan.data());
  a->observer = {sizeof(inlay_observer), observed_now, op_done, a};
  a->ops.set_window(a->config.window);
  a->trial.ops.set_window(a->config.trial);
  a->policy.set({a->config.patience, a->config.dwell, a->config.retry});
  std::fill(a->factors, a->factors + kMostProcessors, 1.0f);
  INLAY_TRY(make_buffers(a, error));
  INLAY_TRY(make_adapt_session(*a, &a->slots[0], error));
  INLAY_TRY(bind_all(*a, a->slots[0], error));
  return start_adapt_worker(a, error);
}

inlay_status bind_one(const AdaptSlot& slot, bool input, int32_t index, const AdaptBinding& to, inlay_error* error) {
  return input ? inlay_session_bind_input(slot.session, index, to.data, to.bytes, error)
               : inlay_session_bind_output(slot.session, index, to.data, to.bytes, error);
}

/// The program's memory, or with data NULL ours again.
inlay_status bind(inlay_adaptive* a, bool input, int32_t index, void* data, size_t bytes, inlay_error* error) {
  if (a == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "adaptive is NULL");
  const Side& side = kSides[input ? 0 : 1];
  const int32_t count = side.count(a->model);
  if (index < 0 || index >= count) return INLAY_FAIL(error, BAD_INDEX, "the model has % of them, not %", count, index);
  AdaptBinding& binding = (a->*side.bindings)[index];
  inlay_tensor_info info = {};
  INLAY_TRY(side.info(a->model, index, &info));
  const AdaptBinding wanted = {binding.own, data != nullptr ? data : binding.own, data != nullptr ? bytes : info.bytes};
  INLAY_TRY(bind_one(a->current(), input, index, wanted, error));
  if (a->trial.on) INLAY_TRY(bind_one(a->spare(), input, index, wanted, error));
  binding = wanted;
  return INLAY_OK;
}

}  // namespace

inlay_status bind_all(const inlay_adaptive& a, const AdaptSlot& slot, inlay_error* error) {
  for (const Side& side : kSides) {
    for (int32_t i = 0; i < side.count(a.model); ++i) {
      const inlay_status status = bind_one(slot, &side == kSides, i, (a.*side.bindings)[i], error);
      // Constants, variables and outputs that are inputs lie elsewhere, in every session alike.
      if (status != INLAY_OK && status != INLAY_STATUS_UNSUPPORTED) return status;
    }
  }
  return INLAY_OK;
}

}  // namespace inlay

extern "C" {

inlay_status inlay_adaptive_create(const inlay_model* model, const inlay_adaptive_config* config, inlay_adaptive** out,
                                   inlay_error* error) {
  if (model == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "model or out is NULL");
  *out = nullptr;
  void* memory = aligned_alloc(inlay::kAlignment, (sizeof(inlay_adaptive) + inlay::kAlignment - 1) / inlay::kAlignment * inlay::kAlignment);
  if (memory == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for an adaptive session");
  auto* a = new (memory) inlay_adaptive();
  a->model = model;
  const inlay_status status = inlay::make(a, config, error);
  if (status != INLAY_OK) {
    inlay_adaptive_destroy(a);
    return status;
  }
  *out = a;
  return INLAY_OK;
}

void inlay_adaptive_destroy(inlay_adaptive* adaptive) {
  if (adaptive == nullptr) return;
  inlay::stop_adapt_worker(adaptive);
  for (inlay::AdaptSlot& slot : adaptive->slots) inlay_session_destroy(slot.session);
  for (const inlay::Side& side : inlay::kSides) {
    inlay::HeapArray<inlay::AdaptBinding>& bindings = adaptive->*side.bindings;
    for (int32_t i = 0; bindings.data() != nullptr && i < side.count(adaptive->model); ++i) free(bindings[i].own);
  }
  pthread_cond_destroy(&adaptive->asked);
  pthread_mutex_destroy(&adaptive->mutex);
  adaptive->~inlay_adaptive();
  free(adaptive);
}

void* inlay_adaptive_input(inlay_adaptive* adaptive, int32_t index) {
  return adaptive != nullptr ? inlay_session_input(adaptive->current().session, index) : nullptr;
}

const void* inlay_adaptive_output(inlay_adaptive* adaptive, int32_t index) {
  return adaptive != nullptr ? inlay_session_output(adaptive->current().session, index) : nullptr;
}

inlay_status inlay_adaptive_bind_input(inlay_adaptive* adaptive, int32_t index, const void* data, size_t bytes, inlay_error* error) {
  return inlay::bind(adaptive, true, index, const_cast<void*>(data), bytes, error);
}

inlay_status inlay_adaptive_bind_output(inlay_adaptive* adaptive, int32_t index, void* data, size_t bytes, inlay_error* error) {
  return inlay::bind(adaptive, false, index, data, bytes, error);
}

inlay_status inlay_adaptive_reset(inlay_adaptive* adaptive, inlay_error* error) {
  if (adaptive == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "adaptive is NULL");
  return inlay_session_reset(adaptive->current().session, error);
}

inlay_status inlay_adaptive_info_of(const inlay_adaptive* adaptive, inlay_adaptive_info* out) {
  if (adaptive == nullptr || out == nullptr || out->struct_size < sizeof(*out)) return INLAY_STATUS_BAD_ARGUMENT;
  const inlay::AdaptSlot& slot = adaptive->slots[adaptive->running];
  *out = adaptive->info;
  out->struct_size = sizeof(*out);
  out->stored_runs = adaptive->plans.is_stored(slot.plan.data()) ? 1 : 0;
  out->trying = adaptive->trial.on ? 1 : 0;
  out->processors = adaptive->plans.processors();
  out->measured_us = static_cast<double>(adaptive->frames.median()) / 1000;
  out->session = slot.session;
  return INLAY_OK;
}

inlay_status inlay_adaptive_processor_at(const inlay_adaptive* adaptive, int32_t index, inlay_adaptive_processor* out) {
  if (adaptive == nullptr || out == nullptr) return INLAY_STATUS_BAD_ARGUMENT;
  const inlay::AdaptPlans& plans = adaptive->plans;
  if (index < 0 || index >= plans.processors()) return INLAY_STATUS_BAD_INDEX;
  *out = {plans.processor_name(index), adaptive->factors[index], 0};
  const int32_t* plan = adaptive->slots[adaptive->running].plan.data();
  for (int32_t n = 0; n < plans.nodes(); ++n) {
    inlay::Nanos cost = 0;
    if (plans.processor_of(plan, n, &cost) == index) out->seen = 1;
  }
  return INLAY_OK;
}

}  // extern "C"
