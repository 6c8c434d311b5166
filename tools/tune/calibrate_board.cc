// SPDX-License-Identifier: Apache-2.0
// All devices of a measurement, one after the other.
#include <algorithm>

#include "inlay/backend.h"
#include "tools/inlay/handles.h"
#include "tools/tune/calibrate.h"
#include "tools/tune/model_placing.h"

namespace inlay::tools {
namespace {

bool is_builtin(const inlay_device& d) { return d.backend == &inlay_backend_builtin && d.index == 0; }

/// builtin begins a segment as fast as the fastest pair with it does.
void set_builtin_start(int32_t threads, double least, Profile* profile) {
  const std::string name = device_label({&inlay_backend_builtin, 0});
  const DeviceModel* known = profile->device(name, threads);
  DeviceModel model = known != nullptr ? *known : DeviceModel{};
  model.name = name;
  model.threads = threads;
  model.kind = "host";
  model.start_us = least;
  profile->put(model);
}

}  // namespace

void calibrate(const std::vector<inlay_device>& devices, const CalibrateOptions& options, bool speeds, bool fresh, Profile* profile) {
  const inlay_device builtin = {&inlay_backend_builtin, 0};
  double least = -1;
  for (const inlay_device& device : devices) {
    const std::string name = device_label(device);
    const PlacingDevice place = placing_device(device, name);
    const DeviceModel* known = fresh ? nullptr : profile->device(name, options.threads);
    const bool host = place.kind == PlaceKind::kHost;
    DeviceModel model = known != nullptr ? *known : DeviceModel{};
    model.name = name;
    model.threads = options.threads;
    model.kind = host ? "host" : "remote";
    model.shares_memory = !host && place.shares_memory;
    std::vector<Transfer> transfers;
    bool changed = false;
    if (known == nullptr && !is_builtin(device)) {
      model.start_us = static_cast<double>(place.start) / 1000;
      changed = host ? measure_start(device, builtin, options, &model) : measure_transfers(device, name, options, &model, &transfers);
    }
    if (host && changed && (least < 0 || model.start_us < least)) least = model.start_us;
    if (speeds && !model.has_speed) changed = measure_speed(device, options, &model) || changed;
    if (changed) profile->put(model);
    for (const Transfer& transfer : transfers) profile->put(transfer);
  }
  const bool has_builtin = std::any_of(devices.begin(), devices.end(), is_builtin);
  if (has_builtin && least >= 0) set_builtin_start(options.threads, least, profile);
}

}  // namespace inlay::tools
