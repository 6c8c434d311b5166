// SPDX-License-Identifier: Apache-2.0
// What an op can be placed on: devices, and the ways of computing that a device leaves to be chosen by measurement.
#pragma once
#include <string>
#include <vector>

#include "inlay/inlay.h"

namespace inlay::tools {

/// The most variants of one device that are looked at: with 15 devices, what a stored placement can name.
constexpr int32_t kMostVariants = 15;

/// A device by its own choice, or by one of its variants wherever an op has that one.
struct Column {
  inlay_device device = {};
  uint8_t variant = 0;  ///< as inlay_config.variants has it: 0 the device's own choice, v its variant v - 1
  std::string name;     ///< "opencl", or "opencl#2": what profiles and stored placements call it
  int32_t place = 0;    ///< which of the distinct devices it is
};

/// One per device and, with `variants`, one more behind it for each variant that an op of the main graph has on it.
std::vector<Column> columns_of(const inlay_model* model, const std::vector<inlay_device>& devices, int32_t threads,
                               bool variants);
/// Those of a stored placement. A device that is not here, or a name that is none, has no backend.
std::vector<Column> columns_named(const std::vector<std::string>& names);

/// Why a node of the main graph is not run so, a static sentence; NULL: it is.
const char* refusal(const inlay_model* model, int32_t node, const Column& column, int32_t threads);

/// The device of each column, which may come more than once.
std::vector<inlay_device> devices_of(const std::vector<Column>& columns);
/// The distinct devices in order of Column::place.
std::vector<inlay_device> distinct_devices(const std::vector<Column>& columns);
/// inlay_config.variants of nodes that run by `placement`, indices into the columns or -1.
std::vector<uint8_t> variants_of(const std::vector<Column>& columns, const std::vector<int32_t>& placement);

}  // namespace inlay::tools
