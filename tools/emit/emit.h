// SPDX-License-Identifier: Apache-2.0
// Writing the mutable model as a .inlay file.
#pragma once
#include <string>

#include "inlay/placement.h"
#include "tools/graph/ir.h"

namespace inlay::tools {

/// Which device runs each node of the main graph, as `inlay tune` found it.
struct Placement {
  std::vector<std::string> devices;
  std::vector<uint8_t> placed;   ///< per node an index into devices, or INLAY_PLACED_FREELY
  std::vector<float> costs_us;   ///< per node and device, row by row; below 0: not measured or refused
  int32_t threads = 0;
  float predicted_us = 0;
  std::string board, profile;
  std::vector<inlay_device_link> links = {};  ///< one per device, or none
};

/// The bytes of the .inlay file, with the plan for the reference CPU. Verified by the runtime's own reader before it returns.
Bytes emit_inlay(const Model& model, const std::vector<Placement>& placements = {});

/// The mutable form of a model that was read: emit_inlay makes the same bytes of it again.
Model read_model(const inlay_model* model);
std::vector<Placement> read_placements(const inlay_model* model);

/// Writes `bytes` to a temporary file beside `path` and renames it: the old file or the whole new one, never a half. Throws Error.
void write_file(const std::string& path, const void* data, size_t size);
/// Reads a whole file. Throws Error.
Bytes read_file(const std::string& path);
/// Makes a folder and those above it where they are missing. Throws Error.
void make_folder(const std::string& path);

}  // namespace inlay::tools
