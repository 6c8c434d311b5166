// SPDX-License-Identifier: Apache-2.0
// The ops a user brings in shared objects: --ops of every command.
#pragma once
#include <string>
#include <vector>

namespace inlay::tools {

inline constexpr const char* kOpsHelp = "LIB.so: custom ops from a shared object (inlay/op.h), may come more than once";

/// Loads the shared objects and adds their ops to all_ops() for the rest of the process. Throws Error.
void load_ops(const std::vector<std::string>& paths);

/// The names of the custom ops loaded so far.
std::vector<std::string> user_op_names();

}  // namespace inlay::tools
