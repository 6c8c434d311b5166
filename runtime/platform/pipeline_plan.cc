// SPDX-License-Identifier: Apache-2.0
// Where a pipeline is cut, and its stages prepared.
#include <stdlib.h>
#include <string.h>

#include <initializer_list>

#include "core/error.h"
#include "inlay/placement.h"
#include "platform/heap_array.h"
#include "platform/pipeline.h"

namespace inlay {
namespace {

bool same(const inlay_device& a, const inlay_device& b) { return a.backend == b.backend && a.index == b.index; }

/// The column of a stored placement that measured `device`, or -1.
int32_t column_of(const inlay_model* model, int32_t placement, const inlay_placement& stored, const inlay_device& device) {
  for (int32_t d = 0; d < stored.device_count; ++d) {
    inlay_device found = {};
    const char* name = inlay_model_placement_device(model, placement, d);
    if (inlay_device_find(name, &found, nullptr) == INLAY_OK && same(found, device)) return d;
  }
  return -1;
}

/// Costs that `inlay tune` has stored, by the devices asked for.
bool stored_costs(const inlay_model* model, const inlay_pipeline_config& config, float* out) {
  const int32_t nodes = model->graphs[0].node_count;
  for (int32_t i = 0; i < inlay_model_placement_count(model); ++i) {
    inlay_placement stored = {};
    if (inlay_model_placement(model, i, &stored) != INLAY_OK || stored.costs_us == nullptr) continue;
    bool all = true;
    for (int32_t d = 0; d < config.device_count && all; ++d) {
      const int32_t column = column_of(model, i, stored, config.devices[d]);
      all = column >= 0;
      for (int32_t n = 0; n < nodes && all; ++n)
        out[n * config.device_count + d] = stored.costs_us[n * stored.device_count + column];
    }
    if (all) return true;
  }
  return false;
}

inlay_status cut_by_costs(const inlay_pipeline_config& config, inlay_pipeline* p, inlay_error* error) {
  const int32_t nodes = p->model->graphs[0].node_count;
  HeapArray<float> stored;
  if (!stored.make(static_cast<size_t>(nodes) * static_cast<size_t>(config.device_count)))
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to cut the model into stages");
  if (config.costs_us == nullptr && !stored_costs(p->model, config, stored.data())) {
    return INLAY_FAIL(error, NO_DEVICE,
                      "nothing is known of these devices' speed: give cuts or costs_us, or let inlay tune measure them");
  }
  const StageProblem problem = {config.costs_us != nullptr ? config.costs_us : stored.data(), nodes, config.device_count};
  const size_t bytes = cut_stages_bytes(problem);
  HeapArray<uint64_t> memory;
  if (!memory.make(bytes / sizeof(uint64_t) + 1))
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to cut the model into stages");
  StageCut cut = {};
  INLAY_TRY(cut_stages(problem, {memory.data(), bytes + sizeof(uint64_t)}, &cut, error));
  p->stage_count = cut.count;
  memcpy(p->first, cut.first, sizeof(cut.first));
  for (int32_t k = 0; k < cut.count; ++k) p->stages[k].device = config.devices[cut.device[k]];
  p->slowest_us = static_cast<float>(cut.slowest_us);
  p->total_us = static_cast<float>(cut.total_us);
  return INLAY_OK;
}

/// Where each node runs, as entries of a list of devices: [0, stages) the fallback, once per stage, then the stages' own, so that
/// segments end where stages do.
inlay_status place(const inlay_pipeline& p, const inlay_device* devices, int32_t* placement, inlay_error* error) {
  const inlay_graph& graph = p.model->graphs[0];
  inlay_segment segment = {};
  segment.struct_size = sizeof(segment);
  segment.graph = segment.graphs = p.model->graphs;
  segment.graph_count = p.model->graph_count;
  segment.node_count = 1;
  segment.ops = p.config.ops;
  segment.threads = 1;
  segment.allow_inexact = p.config.allow_inexact;
  segment.fast_math = p.config.fast_math;
  for (int32_t k = 0; k < p.stage_count; ++k) {
    for (int32_t n = p.first[k]; n < p.first[k + 1]; ++n) {
      segment.first_node = n;
      placement[n] = -1;
      const char* why = nullptr;
      for (const int32_t entry : {p.stage_count + k, k}) {
        const inlay_device& device = devices[entry];
        why = device.backend->reject(device.index, &segment, &graph.nodes[n]);
        if (why != nullptr) continue;
        placement[n] = entry;
        break;
      }
      if (placement[n] < 0) return INLAY_FAIL(error, OP_UNKNOWN, "no device of stage % runs op %: %", k, n, why);
    }
  }
  return INLAY_OK;
}

/// The config of sessions with the stages' devices: what `use` makes of it.
template <typename Use>
inlay_status with_config(const inlay_pipeline& p, inlay_error* error, Use use) {
  const int32_t nodes = p.model->graphs[0].node_count;
  inlay_device devices[2 * kMostStages];
  for (int32_t k = 0; k < p.stage_count; ++k) {
    devices[k] = p.fallback;
    devices[p.stage_count + k] = p.stages[k].device;
  }
  HeapArray<int32_t> placement;
  if (!placement.make(static_cast<size_t>(nodes))) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to place % ops", nodes);
  INLAY_TRY(place(p, devices, placement.data(), error));
  inlay_config config = p.config;
  config.devices = devices;
  config.device_count = 2 * p.stage_count;
  config.placement = placement.data();
  config.placement_count = nodes;
  return use(config);
}

inlay_status finish_plan(const inlay_pipeline& p, PipelinePlan* plan, inlay_error* error) {
  const SessionGraph& graph = plan->owner->graphs[0];
  int32_t segment = 0;
  for (int32_t k = 0; k < p.stage_count; ++k) {
    plan->segments[k] = segment;
    while (segment < graph.segment_count && graph.segments[segment].first < p.first[k + 1]) ++segment;
    const size_t bytes = plan->owner->memory.scratch.bytes;
    plan->scratch[k] = {aligned_alloc(64, (bytes + 64) / 64 * 64), bytes};
    if (plan->scratch[k].data == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a stage (% bytes)", bytes);
  }
  plan->segments[p.stage_count] = segment;
  return INLAY_OK;
}

}  // namespace

inlay_status choose_stages(const inlay_pipeline_config& config, inlay_pipeline* p, inlay_error* error) {
  const int32_t nodes = p->model->graphs[0].node_count;
  if (config.device_count < 1 || config.device_count > kMostStages || config.devices == nullptr) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "a pipeline has 1 to % devices", kMostStages);
  }
  for (int32_t d = 0; d < config.device_count; ++d) {
    if (config.devices[d].backend == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "device % has no backend", d);
  }
  if (nodes < 1) return INLAY_FAIL(error, BAD_ARGUMENT, "the model has no ops");
  if (config.cuts == nullptr) return cut_by_costs(config, p, error);
  p->stage_count = config.device_count;
  for (int32_t k = 0; k < config.device_count; ++k) {
    p->first[k] = k == 0 ? 0 : config.cuts[k - 1];
    p->stages[k].device = config.devices[k];
    if (k != 0 && (p->first[k] <= p->first[k - 1] || p->first[k] >= nodes)) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "cuts[%] is %: it lies behind the one before and within the % ops", k - 1,
                        p->first[k], nodes);
    }
  }
  p->first[p->stage_count] = nodes;
  return INLAY_OK;
}

inlay_status make_plan(inlay_pipeline* p, PipelinePlan** out, inlay_error* error) {
  auto* plan = static_cast<PipelinePlan*>(calloc(1, sizeof(PipelinePlan)));
  if (plan == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a pipeline");
  inlay_status status = with_config(
      *p, error, [&](const inlay_config& config) { return inlay_session_create(p->model, &config, &plan->owner, error); });
  if (status == INLAY_OK) status = finish_plan(*p, plan, error);
  if (status != INLAY_OK) {
    free_plans(plan);
    return status;
  }
  *out = plan;
  return INLAY_OK;
}

inlay_status make_frame(inlay_pipeline* p, inlay_frame* frame, inlay_error* error) {
  inlay_config shared = p->config;
  shared.share = p->plan->owner;
  const inlay_status status = inlay_session_create(p->model, &shared, &frame->session, error);
  if (status != INLAY_STATUS_UNSUPPORTED) return status;
  // A backend that cannot share is run by one stage at a time all the same: the frame's own preparation is there for its memory
  // alone.
  return with_config(*p, error,
                     [&](const inlay_config& config) { return inlay_session_create(p->model, &config, &frame->session, error); });
}

void free_plans(PipelinePlan* newest) {
  while (newest != nullptr) {
    PipelinePlan* plan = newest;
    newest = plan->older;
    for (const inlay_block& scratch : plan->scratch) free(scratch.data);
    inlay_session_destroy(plan->owner);
    free(plan);
  }
}

}  // namespace inlay
