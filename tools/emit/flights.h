// SPDX-License-Identifier: Apache-2.0
// Which tensors a device beside the host may still use while later ops run.
#pragma once
#include "tools/emit/emit.h"

namespace inlay::tools {

/// By tensor of the main graph: the last node that may run while a segment on a queue touches it; -1: none beyond what the order of
/// ops says. The host waits before it writes such bytes (runtime/session/queues.cc), so work that is to overlap needs its own.
std::vector<int32_t> held_until(const Graph& graph, const Placement& placement);

}  // namespace inlay::tools
