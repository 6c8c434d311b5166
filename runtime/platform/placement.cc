// SPDX-License-Identifier: Apache-2.0
// Hosts: which of a model's stored placements a session follows.
#include "platform/placement.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "inlay/backend.h"

namespace inlay {
namespace {

int32_t threads_of(const inlay_config& config) {
  if (config.threads > 0) return config.threads;
  return config.pool != nullptr ? config.pool->threads : 1;
}

int32_t device_at(const inlay_placement& stored, int32_t node) { return stored.devices != nullptr ? stored.devices[node] : 0; }

/// The device of a stored name: as inlay_device_find takes it, and "#2" behind it for variant 2 (see inlay_config.variants).
bool find_stored(const char* name, inlay_device* device, uint8_t* variant) {
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
  *variant = static_cast<uint8_t>(number);
  return inlay_device_find(plain, device, nullptr) == INLAY_OK;
}

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
    inlay_device device = {};
    uint8_t variant = 0;
    if (is_used(stored, nodes, d) && !find_stored(name, &device, &variant)) return name;
  }
  return nullptr;
}

}  // namespace

StoredPlacement::~StoredPlacement() {
  free(devices_);
  free(placement_);
  free(variants_);
}

bool StoredPlacement::resolve(const inlay_model& model, int32_t index, const inlay_placement& stored) {
  const int32_t nodes = inlay_model_graph(&model, 0)->node_count;
  devices_ = static_cast<inlay_device*>(malloc((static_cast<size_t>(stored.device_count) + 1) * sizeof(inlay_device)));
  placement_ = static_cast<int32_t*>(malloc((static_cast<size_t>(nodes) + 1) * sizeof(int32_t)));
  variants_ = static_cast<uint8_t*>(calloc(static_cast<size_t>(nodes) + 1, 1));
  if (devices_ == nullptr || placement_ == nullptr || variants_ == nullptr) return false;
  for (int32_t n = 0; n < nodes; ++n) placement_[n] = -1;
  // A device that nothing runs on is left out: a backend's library may bring threads that all others then have to use.
  for (int32_t d = 0; d < stored.device_count; ++d) {
    if (!is_used(stored, nodes, d)) continue;
    const char* name = inlay_model_placement_device(&model, index, d);
    uint8_t variant = 0;
    if (!find_stored(name, &devices_[device_count_], &variant)) return false;
    for (int32_t n = 0; n < nodes; ++n) {
      if (device_at(stored, n) != d) continue;
      placement_[n] = device_count_;
      variants_[n] = variant;
    }
    ++device_count_;
  }
  // The backend of last resort, for ops and called graphs that the placement leaves free.
  devices_[device_count_++] = {inlay_backend_at(inlay_backend_count() - 1), 0};
  return true;
}

bool StoredPlacement::fill(const inlay_model& model, inlay_config* config) {
  const int32_t index = inlay_model_placement_find(&model, threads_of(*config), nullptr);
  inlay_placement stored = {};
  if (index < 0 || inlay_model_placement(&model, index, &stored) != INLAY_OK || !resolve(model, index, stored)) return false;
  config->devices = devices_;
  config->device_count = device_count_;
  config->placement = placement_;
  config->variants = variants_;
  config->placement_count = inlay_model_graph(&model, 0)->node_count;
  config->by_preference = 1;
  return true;
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
