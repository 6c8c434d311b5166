// SPDX-License-Identifier: Apache-2.0
// Writing the mutable model as a .inlay file.
#pragma once
#include <string>

#include "tools/graph/ir.h"

namespace inlay::tools {

/// The bytes of the .inlay file, with the plan for the reference CPU. Verified by the runtime's own reader before it returns.
Bytes emit_inlay(const Model& model);

/// Writes `bytes` to a temporary file beside `path` and renames it: the old file or the whole new one, never a half. Throws Error.
void write_file(const std::string& path, const void* data, size_t size);
/// Reads a whole file. Throws Error.
Bytes read_file(const std::string& path);
/// Makes a folder and those above it where they are missing. Throws Error.
void make_folder(const std::string& path);

}  // namespace inlay::tools
