// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "model/reader.h"

namespace inlay {

/// What is known of a graph while the calls are checked; zeroed at first.
struct CallCheck {
  uint64_t base;  ///< first byte behind the activations of all its callers
  uint32_t depth;
};

/// Checks the calls of all graphs, `all` holds one entry per graph.
inlay_status check_calls(const Reader& r, const inlay_model* m, CallCheck* all);

}  // namespace inlay
