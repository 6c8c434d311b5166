// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "model/reader.h"

namespace inlay {

/// What is known of a graph while the calls are checked; zeroed at first, `bound` set by the check of its plan.
struct CallCheck {
  uint64_t base;          ///< first byte behind the activations of all its callers
  uint64_t bound;         ///< lower bound of its own activations
  uint64_t bound_before;  ///< the largest sum of bounds over a chain of callers
  uint32_t depth;
};

/// Checks the calls of all graphs, `all` holds one entry per graph; sets m->lower_bound to the largest sum over a chain of calls.
inlay_status check_calls(const Reader& r, inlay_model* m, CallCheck* all);

}  // namespace inlay
