// SPDX-License-Identifier: Apache-2.0
// Custom ops that can be prepared for a board.
#pragma once
#include "tools/embed/steps.h"

namespace inlay::tools {

/// Throws Error unless every custom op of a graph is known here (--ops).
void require_custom_ops(const inlay_model* model, int32_t graph);
/// Throws Error unless a firmware can link what every custom op of `graph` has prepared in `steps`: its eval has a name, it chose
/// no twin, and it leaves the same bytes when model and memory lie elsewhere.
void check_custom_ops(const inlay_model* model, int32_t graph, const Target& target, const PreparedSteps& steps);

}  // namespace inlay::tools
