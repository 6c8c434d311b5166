// SPDX-License-Identifier: Apache-2.0
#include "plan/place_device.h"

#include "inlay/backend.h"

namespace inlay {
namespace {

/// What it costs on a CPU to go on in another segment: a call and cold code. Only there so that placements do not flicker.
constexpr Nanos kStartNs = 100;

bool has_own_memory(const inlay_device& device) {
  inlay_device_info infos[kMostPlaceDevices + 1] = {};
  const int32_t count = device.backend->probe(infos, kMostPlaceDevices + 1, nullptr);
  return device.index < count && device.index <= kMostPlaceDevices && infos[device.index].memory_bytes != 0;
}

}  // namespace

PlaceDevice place_device(const inlay_device& device, const char* name) {
  const bool own_memory = has_own_memory(device);
  // Sessions hand segments over where there is a queue, and wait for all others.
  const bool queue = INLAY_OFFERS(device.backend, submit) && INLAY_OFFERS(device.backend, finish);
  const PlaceKind kind = queue ? PlaceKind::kAsynchronous : own_memory ? PlaceKind::kRemote : PlaceKind::kHost;
  return {name, kind, !own_memory, kStartNs, 0, 0};
}

bool on_host_cores(const inlay_device& device) {
  return (device.backend->flags & INLAY_BACKEND_ACCELERATOR) == 0 && place_device(device, "").kind == PlaceKind::kHost;
}

}  // namespace inlay
