// SPDX-License-Identifier: Apache-2.0
// Devices of backends as devices of a placement problem.
#pragma once
#include "plan/place.h"

namespace inlay {

/// Where a device computes, as far as sessions make use of it, and what its segments cost to start; no memory limit.
PlaceDevice place_device(const inlay_device& device, const char* name);

/// True when it computes on the host's cores: what slows one such device down slows them all.
bool on_host_cores(const inlay_device& device);

}  // namespace inlay
