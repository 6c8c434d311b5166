// SPDX-License-Identifier: Apache-2.0
// Which nodes XNNPACK can run with our answers.
#pragma once
#include "inlay/backend.h"

namespace inlay::xnnpack {

/// NULL, or why not.
const char* rejection(const inlay_segment& segment, const inlay_node& node);

/// What the backend claims to be worth at a node that is not rejected; INLAY_PREFERENCE_*.
int32_t claim(const inlay_node& node);

}  // namespace inlay::xnnpack
