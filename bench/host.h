// SPDX-License-Identifier: Apache-2.0
// What this process has used of the machine.
#pragma once
#include <cstdint>

namespace inlay::bench {

/// The largest resident set of this process so far, in bytes.
uint64_t peak_rss();

}  // namespace inlay::bench
