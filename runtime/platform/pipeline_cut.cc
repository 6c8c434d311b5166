// SPDX-License-Identifier: Apache-2.0
// Where a pipeline is cut: by hand, by costs, and anew after a device was given up.
#include <string.h>

#include "core/error.h"
#include "platform/pipeline.h"

namespace inlay {
namespace {

/// A new cut holds up frames for one run through the pipeline; it has to bring them nearer to each other by so much.
constexpr double kClearly = 1.1;

/// The column of a stored placement that measured `device`, or -1.
int32_t column_of(const inlay_model* model, int32_t placement, const inlay_placement& stored, const inlay_device& device) {
  for (int32_t d = 0; d < stored.device_count; ++d) {
    inlay_device found = {};
    const char* name = inlay_model_placement_device(model, placement, d);
    if (inlay_device_find(name, &found, nullptr) == INLAY_OK && is_same(found, device)) return d;
  }
  return -1;
}

/// Costs and links of one stored column, every `step`-th of `costs` one of them.
void take_column(const inlay_model& model, int32_t placement, const inlay_placement& stored, int32_t column, float* costs, int32_t step,
                 inlay_device_link* link) {
  for (int32_t n = 0; n < model.graphs[0].node_count; ++n) costs[n * step] = stored.costs_us[n * stored.device_count + column];
  const inlay_device_link* links = inlay_model_placement_links(&model, placement);
  if (links != nullptr) *link = links[column];
}

/// What `inlay tune` has stored of the devices asked for, and of the fallback.
bool take_stored(inlay_pipeline* p, PipelineChoice* c) {
  for (int32_t i = 0; i < inlay_model_placement_count(p->model); ++i) {
    inlay_placement stored = {};
    if (inlay_model_placement(p->model, i, &stored) != INLAY_OK || stored.costs_us == nullptr) continue;
    int32_t known = 0;
    memset(c->links, 0, sizeof(c->links));
    for (; known < c->count; ++known) {
      const int32_t column = column_of(p->model, i, stored, c->devices[known]);
      if (column < 0) break;
      take_column(*p->model, i, stored, column, c->costs_us.data() + known, c->count, &c->links[known]);
    }
    if (known < c->count) continue;
    const int32_t column = column_of(p->model, i, stored, p->fallback);
    if (column >= 0 && c->fallback_us.make(static_cast<size_t>(p->model->graphs[0].node_count)))
      take_column(*p->model, i, stored, column, c->fallback_us.data(), 1, &c->fallback_link);
    return true;
  }
  return false;
}

/// What the caller knows of the fallback, as one of the devices or beside them.
void take_fallback(const inlay_pipeline_config& config, const inlay_pipeline& p, PipelineChoice* c) {
  const int32_t nodes = p.model->graphs[0].node_count;
  int32_t d = 0;
  while (d < c->count && !is_same(c->devices[d], p.fallback)) ++d;
  const bool given = config.fallback_costs_us != nullptr;
  if ((!given && d == c->count) || !c->fallback_us.make(static_cast<size_t>(nodes))) return;
  if (d < c->count) c->fallback_link = c->links[d];
  for (int32_t n = 0; n < nodes; ++n) c->fallback_us[n] = given ? config.fallback_costs_us[n] : c->costs_us[n * c->count + d];
}

inlay_status take_costs(const inlay_pipeline_config& config, inlay_pipeline* p, inlay_error* error) {
  PipelineChoice* c = &p->choice;
  const size_t count = static_cast<size_t>(p->model->graphs[0].node_count) * static_cast<size_t>(c->count);
  if (!c->costs_us.make(count)) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to cut the model into stages");
  if (config.costs_us != nullptr) {
    memcpy(c->costs_us.data(), config.costs_us, count * sizeof(float));
  } else if (!take_stored(p, c)) {
    return INLAY_FAIL(error, NO_DEVICE,
                      "nothing is known of these devices' speed: give cuts or costs_us, or let inlay tune measure them");
  }
  if (config.links != nullptr) memcpy(c->links, config.links, static_cast<size_t>(c->count) * sizeof(*c->links));
  if (config.costs_us != nullptr || config.fallback_costs_us != nullptr) take_fallback(config, *p, c);
  return INLAY_OK;
}

/// Cuts or weighs by all that is known. @param run cut_stages or weigh_stages.
template <typename Run>
inlay_status with_problem(const inlay_pipeline& p, inlay_error* error, Run run) {
  const PipelineChoice& c = p.choice;
  const inlay_graph& graph = p.model->graphs[0];
  const StageProblem problem = {c.costs_us.data(), graph.node_count, c.count, &graph, c.links, c.joined.data()};
  const size_t bytes = cut_stages_bytes(problem);
  HeapArray<uint64_t> memory;
  if (!memory.make(bytes / sizeof(uint64_t) + 1))
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to cut the model into stages");
  return run(problem, inlay_block{memory.data(), bytes + sizeof(uint64_t)});
}

void name_devices(const PipelineChoice& choice, StageLayout* layout) {
  for (int32_t k = 0; k < layout->cut.count; ++k) layout->device[k] = choice.devices[layout->cut.device[k]];
}

inlay_status cut_by_hand(const inlay_pipeline_config& config, const inlay_pipeline& p, StageCut* cut, inlay_error* error) {
  const int32_t nodes = p.model->graphs[0].node_count;
  cut->count = config.device_count;
  for (int32_t k = 0; k < cut->count; ++k) {
    cut->first[k] = k == 0 ? 0 : config.cuts[k - 1];
    cut->device[k] = k;
    if (k == 0) continue;
    if (cut->first[k] <= cut->first[k - 1] || cut->first[k] >= nodes) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "cuts[%] is %: it lies behind the one before and within the % ops", k - 1,
                        cut->first[k], nodes);
    }
    if (p.choice.joined[cut->first[k]] != 0) {
      return INLAY_FAIL(error, UNSUPPORTED, "cuts[%] is %, between ops of one variable: a frame needs the state the last one has left",
                        k - 1, cut->first[k]);
    }
  }
  cut->first[cut->count] = nodes;
  return INLAY_OK;
}

/// How far frames are apart. Where one thread drives all, what it computes or waits for itself adds up.
double distance(const inlay_pipeline& p, const StageLayout& layout) {
  if (!p.one_thread) return layout.cut.slowest_us;
  double host = 0, most = 0;
  for (int32_t k = 0; k < layout.cut.count; ++k) {
    const double us = layout.cut.stage_us[k];
    if (!INLAY_OFFERS(layout.device[k].backend, submit)) host += us;
    most = us > most ? us : most;
  }
  return host > most ? host : most;
}

}  // namespace

inlay_status choose_stages(const inlay_pipeline_config& config, inlay_pipeline* p, StageLayout* out, inlay_error* error) {
  PipelineChoice* c = &p->choice;
  if (config.device_count < 1 || config.device_count > kMostStages || config.devices == nullptr) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "a pipeline has 1 to % devices", kMostStages);
  }
  for (c->count = 0; c->count < config.device_count; ++c->count) {
    c->devices[c->count] = config.devices[c->count];
    if (c->devices[c->count].backend == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "device % has no backend", c->count);
  }
  if (p->model->graphs[0].node_count < 1) return INLAY_FAIL(error, BAD_ARGUMENT, "the model has no ops");
  if (!c->joined.make(static_cast<size_t>(p->model->graphs[0].node_count)))
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to cut the model into stages");
  join_variables(p->model->graphs[0], p->model->variable_count != 0, c->joined.data());
  if (config.cuts != nullptr) {
    INLAY_TRY(cut_by_hand(config, *p, &out->cut, error));
  } else {
    INLAY_TRY(take_costs(config, p, error));
    INLAY_TRY(with_problem(*p, error, [&](const StageProblem& problem, inlay_block memory) {
      return cut_stages(problem, memory, &out->cut, error);
    }));
  }
  name_devices(*c, out);
  return INLAY_OK;
}

void replace_device(inlay_pipeline* p, const inlay_device& lost, StageLayout* layout) {
  PipelineChoice* c = &p->choice;
  const int32_t nodes = p->model->graphs[0].node_count;
  for (int32_t d = 0; d < c->count; ++d) {
    if (!is_same(c->devices[d], lost)) continue;
    c->devices[d] = p->fallback;
    c->links[d] = c->fallback_link;
    for (int32_t n = 0; n < nodes && c->costs_us.data() != nullptr; ++n)
      c->costs_us[n * c->count + d] = c->fallback_us.data() != nullptr ? c->fallback_us[n] : -1;
  }
  name_devices(*c, layout);
  const bool known = c->costs_us.data() != nullptr && with_problem(*p, nullptr, [&](const StageProblem& problem, inlay_block memory) {
                                                        return weigh_stages(problem, memory, &layout->cut, nullptr);
                                                      }) == INLAY_OK;
  if (known) return;
  layout->cut.slowest_us = layout->cut.total_us = 0;
  for (double& us : layout->cut.stage_us) us = 0;
}

bool better_stages(const inlay_pipeline& p, const StageLayout& now, StageLayout* out) {
  if (!(now.cut.slowest_us > 0)) return false;
  *out = {};
  const inlay_status status = with_problem(p, nullptr, [&](const StageProblem& problem, inlay_block memory) {
    return cut_stages(problem, memory, &out->cut, nullptr);
  });
  if (status != INLAY_OK) return false;
  name_devices(p.choice, out);
  return distance(p, *out) * kClearly <= distance(p, now);
}

}  // namespace inlay
