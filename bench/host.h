// SPDX-License-Identifier: Apache-2.0
// What this process has used of the machine.
#pragma once
#include <cstdint>

namespace inlay::bench {

/// The largest resident set of this process so far, in bytes.
uint64_t peak_rss();
/// The resident set of this process now, in bytes.
uint64_t current_rss();

}  // namespace inlay::bench
