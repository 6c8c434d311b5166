// SPDX-License-Identifier: Apache-2.0
// One node of a graph as one operator of XNNPACK.
#pragma once
#include "api.h"
#include "inlay/backend.h"

namespace inlay::xnnpack {

/// Makes the operator of a node that rejection() let pass, with all the memory it will ever ask for.
xnn_status make_step(const inlay_graph& graph, const inlay_node& node, pthreadpool_t pool, Memory& memory, Step* step);

/// XNNPACK's short name of the arithmetic that runs a node: "qc8", "f32", ...
const char* operator_name(const inlay_graph& graph, const inlay_node& node);

/// What a status of XNNPACK means.
const char* status_text(xnn_status status);

}  // namespace inlay::xnnpack
