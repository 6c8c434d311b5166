// SPDX-License-Identifier: Apache-2.0
// Hosts: which of a model's stored placements a session follows.
#include "platform/placement.h"

#include <string.h>

#include "core/error.h"
#include "inlay/backend.h"

namespace inlay {
namespace {

int32_t device_at(const inlay_placement& stored, int32_t node) { return stored.devices != nullptr ? stored.devices[node] : 0; }

bool is_used(const inlay_placement& stored, int32_t nodes, int32_t device) {
  for (int32_t n = 0; n < nodes; ++n) {
    if (device_at(stored, n) == device) return true;
  }
  return false;
}

/// NULL when every device that the placement uses is here, else the name of one that is not.
const char* absent_device(const inlay_model& model, int32_t index, const inlay_placement& stored) {
  const int32_t nodes = inlay_model_graph(&model, 0)->node_count;
  for (int32_t d = 0; d < stored.device_count; ++d) {
    const char* name = inlay_model_placement_device(&model, index, d);
    StoredColumn column = {};
    if (is_used(stored, nodes, d) && !find_column(name, &column)) return name;
  }
  return nullptr;
}

}  // namespace

int32_t threads_wanted(const inlay_config& config) {
  if (config.threads > 0) return config.threads;
  return config.pool != nullptr ? config.pool->threads : 1;
}

bool find_column(const char* name, StoredColumn* out) {
  char plain[64];
  const size_t length = strcspn(name, "#");
  if (length >= sizeof(plain)) return false;
  memcpy(plain, name, length);
  plain[length] = '\0';
  int32_t number = 0;
  for (const char* p = name + length; *p != '\0' && *++p != '\0';) {
    if (*p < '0' || *p > '9' || number > UINT8_MAX) return false;
    number = number * 10 + (*p - '0');
  }
  if (number > UINT8_MAX) return false;
  out->variant = static_cast<uint8_t>(number);
  return inlay_device_find(plain, &out->device, nullptr) == INLAY_OK;
}

bool SessionPlacement::fill(const StoredColumn* columns, int32_t column_count, const uint8_t* placed, int32_t nodes,
                            inlay_config* config) {
  const auto node_count = static_cast<size_t>(nodes);
  if (!devices_.make(static_cast<size_t>(column_count) + 1) || !placement_.make(node_count) || !variants_.make(node_count)) return false;
  int32_t device_count = 0;
  for (int32_t n = 0; n < nodes; ++n) placement_[n] = -1;
  // A device that nothing runs on is left out: a backend's library may bring threads that all others then have to use.
  for (int32_t n = 0; n < nodes; ++n) {
    if (placed[n] == INLAY_PLACED_FREELY) continue;
    const StoredColumn& column = columns[placed[n]];
    if (column.device.backend == nullptr) return false;
    int32_t d = 0;
    while (d < device_count && !same_device(devices_[d], column.device)) ++d;
    if (d == device_count) devices_[device_count++] = column.device;
    placement_[n] = d;
    variants_[n] = column.variant;
  }
  // The backend of last resort, for ops and called graphs that the placement leaves free.
  devices_[device_count++] = {inlay_backend_at(inlay_backend_count() - 1), 0};
  config->devices = devices_.data();
  config->device_count = device_count;
  config->placement = placement_.data();
  config->variants = variants_.data();
  config->placement_count = nodes;
  config->by_preference = 1;
  return true;
}

bool SessionPlacement::fill_stored(const inlay_model& model, inlay_config* config) {
  const int32_t index = inlay_model_placement_find(&model, threads_wanted(*config), nullptr);
  inlay_placement stored = {};
  if (index < 0 || inlay_model_placement(&model, index, &stored) != INLAY_OK) return false;
  const int32_t nodes = inlay_model_graph(&model, 0)->node_count;
  HeapArray<StoredColumn> columns;
  HeapArray<uint8_t> placed;
  if (!columns.make(static_cast<size_t>(stored.device_count)) || !placed.make(static_cast<size_t>(nodes))) return false;
  for (int32_t n = 0; n < nodes; ++n) placed[n] = static_cast<uint8_t>(device_at(stored, n));
  for (int32_t d = 0; d < stored.device_count; ++d) {
    const char* name = inlay_model_placement_device(&model, index, d);
    if (is_used(stored, nodes, d) && !find_column(name, &columns[d])) return false;
  }
  return fill(columns.data(), stored.device_count, placed.data(), nodes, config);
}

}  // namespace inlay

extern "C" int32_t inlay_model_placement_find(const inlay_model* model, int32_t threads, inlay_error* why) {
  using namespace inlay;
  int32_t best = -1, best_distance = 0;
  const char* absent = nullptr;
  for (int32_t i = 0; i < inlay_model_placement_count(model); ++i) {
    inlay_placement stored = {};
    if (inlay_model_placement(model, i, &stored) != INLAY_OK) continue;
    const char* missing = absent_device(*model, i, stored);
    if (missing != nullptr) {
      absent = missing;
      continue;
    }
    const int32_t distance = stored.threads > threads ? stored.threads - threads : threads - stored.threads;
    if (best >= 0 && distance >= best_distance) continue;
    best = i;
    best_distance = distance;
  }
  if (best < 0 && why != nullptr) {
    static_cast<void>(absent != nullptr
                          ? INLAY_FAIL(why, NO_DEVICE, "the stored placement wants the device '%', which is not here", absent)
                          : INLAY_FAIL(why, BAD_INDEX, "the model has no stored placement: make one with inlay tune"));
  }
  return best;
}
