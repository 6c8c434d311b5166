// SPDX-License-Identifier: Apache-2.0
// Random int8 graphs with branches, views, places taken over and state.
#pragma once
#include <cstdint>

#include "tools/graph/ir.h"

namespace inlay::stress {

/// @param with_state two variables that ops read and write.
tools::Model random_graph(uint32_t seed, int32_t ops, bool with_state);

}  // namespace inlay::stress
