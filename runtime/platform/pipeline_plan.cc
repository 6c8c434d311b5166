// SPDX-License-Identifier: Apache-2.0
// The stages of a pipeline, prepared for their devices, and the memory of frames.
#include <stdlib.h>

#include <initializer_list>

#include "core/error.h"
#include "platform/pipeline.h"

namespace inlay {
namespace {

/// Where each node runs, as entries of a list of devices: [0, stages) the fallback, once per stage, then the stages' own, so that
/// segments end where stages do.
inlay_status place(const inlay_pipeline& p, const StageLayout& layout, const inlay_device* devices, int32_t* placement, inlay_error* error) {
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
  for (int32_t k = 0; k < layout.cut.count; ++k) {
    for (int32_t n = layout.cut.first[k]; n < layout.cut.first[k + 1]; ++n) {
      segment.first_node = n;
      placement[n] = -1;
      const char* why = nullptr;
      for (const int32_t entry : {layout.cut.count + k, k}) {
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
inlay_status with_config(const inlay_pipeline& p, const StageLayout& layout, inlay_error* error, Use use) {
  const int32_t nodes = p.model->graphs[0].node_count;
  inlay_device devices[2 * kMostStages];
  for (int32_t k = 0; k < layout.cut.count; ++k) {
    devices[k] = p.fallback;
    devices[layout.cut.count + k] = layout.device[k];
  }
  HeapArray<int32_t> placement;
  if (!placement.make(static_cast<size_t>(nodes))) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to place % ops", nodes);
  INLAY_TRY(place(p, layout, devices, placement.data(), error));
  inlay_config config = p.config;
  config.devices = devices;
  config.device_count = 2 * layout.cut.count;
  config.placement = placement.data();
  config.placement_count = nodes;
  return use(config);
}

inlay_status finish_plan(PipelinePlan* plan, inlay_error* error) {
  const StageCut& cut = plan->layout.cut;
  const SessionGraph& graph = plan->owner->graphs[0];
  int32_t segment = 0;
  for (int32_t k = 0; k < cut.count; ++k) {
    plan->segments[k] = segment;
    while (segment < graph.segment_count && graph.segments[segment].first < cut.first[k + 1]) ++segment;
    const size_t bytes = plan->owner->memory.scratch.bytes;
    plan->scratch[k] = {aligned_alloc(64, (bytes + 64) / 64 * 64), bytes};
    if (plan->scratch[k].data == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a stage (% bytes)", bytes);
  }
  plan->segments[cut.count] = segment;
  return INLAY_OK;
}

}  // namespace

inlay_status make_plan(const inlay_pipeline& p, const StageLayout& layout, PipelinePlan** out, inlay_error* error) {
  auto* plan = static_cast<PipelinePlan*>(calloc(1, sizeof(PipelinePlan)));
  if (plan == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a pipeline");
  plan->layout = layout;
  inlay_status status = with_config(p, layout, error, [&](const inlay_config& config) {
    return inlay_session_create(p.model, &config, &plan->owner, error);
  });
  if (status == INLAY_OK) status = finish_plan(plan, error);
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
  inlay_status status = inlay_session_create(p->model, &shared, &frame->session, error);
  // A backend that cannot share is run by one stage at a time all the same: the frame's own preparation is there for its memory
  // alone.
  if (status == INLAY_STATUS_UNSUPPORTED) {
    status = with_config(*p, p->plan->layout, error, [&](const inlay_config& config) {
      return inlay_session_create(p->model, &config, &frame->session, error);
    });
  }
  if (status != INLAY_OK || frame == p->frames) return status;
  frame->session->variables = p->frames->session->variables;
  for (int32_t g = 0; g < p->model->graph_count && p->model->variable_count != 0; ++g) place_tensors(frame->session, g);
  return INLAY_OK;
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
