// SPDX-License-Identifier: Apache-2.0
// A model as a placement problem.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "inlay/inlay.h"
#include "tools/tune/placing.h"
#include "tools/tune/profile.h"

namespace inlay::tools {

/// Where a device computes, as far as sessions make use of it.
PlacingDevice placing_device(const inlay_device& device, const std::string& name);

/// The paths between the devices of a problem; those that were not measured take no time.
void add_paths(Placing* problem, const std::vector<Transfer>& transfers);

/// The main graph without options, on `devices`, with the profile's transfers; a path that was not measured takes no time. Behind
/// the devices stands one named "session", for ops that nothing was measured of: with an option of no cost on it, they are left
/// to the session.
Placing model_placing(const inlay_model* model, const std::vector<PlacingDevice>& devices,
                      const std::vector<Transfer>& transfers);

/// Adds a way to run a node: by a column on device `place` of the problem, or by the session, -1, at no cost.
void add_option(Placing* problem, size_t node, int32_t column, int32_t place, Nanos cost);

/// The plan that runs every op by its column, -1 for "session". A column without an option for the op: Error.
PlacingPlan plan_of(const Placing& problem, const std::vector<int32_t>& placement);
/// The column of every op; -1: "session".
std::vector<int32_t> placement_of(const Placing& problem, const PlacingPlan& plan);

}  // namespace inlay::tools
