// SPDX-License-Identifier: Apache-2.0
// Placements stored by `inlay tune`: the plans of a model behind its first.
#include "inlay/placement.h"
#include "model/reader.h"

namespace inlay {
namespace {

constexpr uint32_t kMaxPlans = 64;
constexpr uint32_t kMaxDevices = 254;
constexpr int32_t kMaxThreads = 65536;

static_assert(sizeof(inlay_device_link) == sizeof(format::Link) && alignof(inlay_device_link) == alignof(format::Link),
              "links are read in place");
constexpr float kMostLink = 1e9f;  // us: as much as a schedule takes; bytes per us: the size hardly matters

bool is_cost(float us) { return us <= 1e30f && us >= -1e30f; }  // false for NaN

inlay_status check_graph(const Reader& r, uint32_t plan, const format::GraphPlan& graph, uint32_t ops, uint32_t devices) {
  const auto* placed = graph.devices();
  const auto* costs = graph.costs_us();
  if ((placed != nullptr && placed->size() != 0 && placed->size() != ops) ||
      (costs != nullptr && costs->size() != 0 && costs->size() != uint64_t{ops} * devices)) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "placement % does not list every op: tune the model again", plan);
  }
  for (uint32_t n = 0; placed != nullptr && n < placed->size(); ++n) {
    if (placed->Get(n) < devices || placed->Get(n) == INLAY_PLACED_FREELY) continue;
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "placement % puts op % on device %, it has %: tune the model again", plan, n,
                      placed->Get(n), devices);
  }
  for (uint32_t i = 0; costs != nullptr && i < costs->size(); ++i) {
    if (!is_cost(costs->Get(i))) return INLAY_FAIL(r.error, MODEL_CORRUPT, "placement % has a cost that is no number", plan);
  }
  return INLAY_OK;
}

/// One per device, of times and rates that schedules can add up.
bool are_links(const flatbuffers::Vector<const format::Link*>& links, uint32_t devices) {
  if (links.size() != devices) return links.size() == 0;
  const auto* value = reinterpret_cast<const float*>(links.Data());
  for (const float* end = value + devices * (sizeof(format::Link) / sizeof(float)); value != end; ++value) {
    if (!(*value >= 0 && *value <= kMostLink)) return false;  // NaN neither
  }
  return true;
}

inlay_status check_plan(const Reader& r, uint32_t index, const format::Plan& plan) {
  const uint32_t devices = plan.devices() != nullptr ? plan.devices()->size() : 0;
  const uint32_t graphs = plan.graphs() != nullptr ? plan.graphs()->size() : 0;
  if (devices == 0 || devices > kMaxDevices || graphs == 0 || graphs > r.root->graphs()->size()) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "placement % has no device, too many, or does not fit the graphs", index);
  }
  if (plan.threads() < 0 || plan.threads() > kMaxThreads || !is_cost(plan.predicted_us()) || plan.predicted_us() < 0) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "placement % has no sane number of threads or microseconds", index);
  }
  if (plan.links() != nullptr && !are_links(*plan.links(), devices)) {
    return INLAY_FAIL(r.error, MODEL_CORRUPT, "placement % has starts or transfers of no sane time: tune the model again", index);
  }
  for (uint32_t g = 0; g < graphs; ++g) {
    const auto* ops = r.root->graphs()->Get(g)->ops();
    INLAY_TRY(check_graph(r, index, *plan.graphs()->Get(g), ops != nullptr ? ops->size() : 0, devices));
  }
  return INLAY_OK;
}

const format::Plan* plan_at(const inlay_model* model, int32_t index) {
  if (index < 0 || index >= inlay_model_placement_count(model)) return nullptr;
  return static_cast<const format::Model*>(model->root)->plans()->Get(static_cast<uint32_t>(index) + 1);
}

const char* text(const flatbuffers::String* s) { return s != nullptr ? s->c_str() : ""; }

}  // namespace

inlay_status check_placements(const Reader& r) {
  const auto& plans = *r.root->plans();
  if (plans.size() > kMaxPlans) return INLAY_FAIL(r.error, MODEL_CORRUPT, "the file has more than % plans", kMaxPlans);
  for (uint32_t i = 1; i < plans.size(); ++i) INLAY_TRY(check_plan(r, i, *plans.Get(i)));
  return INLAY_OK;
}

}  // namespace inlay

extern "C" {

int32_t inlay_model_placement_count(const inlay_model* model) {
  return static_cast<int32_t>(static_cast<const inlay::format::Model*>(model->root)->plans()->size()) - 1;
}

inlay_status inlay_model_placement(const inlay_model* model, int32_t index, inlay_placement* out) {
  const inlay::format::Plan* plan = inlay::plan_at(model, index);
  if (plan == nullptr || out == nullptr) return INLAY_STATUS_BAD_INDEX;
  const inlay::format::GraphPlan& main = *plan->graphs()->Get(0);
  const bool placed = main.devices() != nullptr && main.devices()->size() != 0;
  const bool measured = main.costs_us() != nullptr && main.costs_us()->size() != 0;
  *out = {static_cast<int32_t>(plan->devices()->size()),
          plan->threads(),
          placed ? main.devices()->data() : nullptr,
          measured ? main.costs_us()->data() : nullptr,
          plan->predicted_us(),
          inlay::text(plan->board()),
          inlay::text(plan->profile())};
  return INLAY_OK;
}

const char* inlay_model_placement_device(const inlay_model* model, int32_t index, int32_t device) {
  const inlay::format::Plan* plan = inlay::plan_at(model, index);
  if (plan == nullptr || device < 0 || device >= static_cast<int32_t>(plan->devices()->size())) return nullptr;
  return plan->devices()->Get(static_cast<uint32_t>(device))->c_str();
}

const inlay_device_link* inlay_model_placement_links(const inlay_model* model, int32_t index) {
  const inlay::format::Plan* plan = inlay::plan_at(model, index);
  if (plan == nullptr || plan->links() == nullptr || plan->links()->size() == 0) return nullptr;
  return reinterpret_cast<const inlay_device_link*>(plan->links()->Data());
}

}  // extern "C"
