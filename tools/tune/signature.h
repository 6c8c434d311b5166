// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "inlay/graph.h"

namespace inlay::tools {

/// A stable text for what decides how long a node of the main graph takes: kind, activation, options, and of every input and
/// output the dtype, shape, kind of quantization and whether it is a constant; docs/tune.md has the grammar. Two nodes with one
/// signature are measured once. Empty for nodes that call graphs: their time is that of what they call.
std::string signature(const inlay_model* model, int32_t node);

/// Does a reshape, slice or concatenation of the main graph find all its bytes in place, by the plan of the file?
bool is_view(const inlay_model* model, int32_t node);

}  // namespace inlay::tools
