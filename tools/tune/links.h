// SPDX-License-Identifier: Apache-2.0
// What it takes to reach a device: as a model stores it, and as a placement problem has it.
#pragma once
#include "tools/emit/emit.h"
#include "tools/tune/columns.h"
#include "tools/tune/model_placing.h"

namespace inlay::tools {

/// Of device `device` of a problem. On the host's thread there is nothing but a start.
inlay_device_link link_of(const Placing& problem, int32_t device);
/// Gives it to device `device`, to the nanosecond what link_of() was made of.
void set_link(Placing* problem, int32_t device, const inlay_device_link& link);

/// A stored placement as it was predicted.
struct StoredPlan {
  Placing problem;
  Schedule schedule;  ///< no events: an op was not measured where it is placed
};
/// By the costs and links stored with it. @param columns of the placement's devices, all of them here.
StoredPlan schedule_stored(const inlay_model* model, const Placement& stored, const std::vector<Column>& columns);

/// "a segment starts in 25.00 us, is handed over in 2.00 us; to it 3.00 us and 1 us per 5000 bytes, back 3.00 us per tensor".
std::string describe(const inlay_device_link& link);

}  // namespace inlay::tools
