// SPDX-License-Identifier: Apache-2.0
// What prepare leaves for eval, as a number: `inlay embed` writes these bytes on a 64-bit host for a 32-bit board.
#pragma once
#include <string>
#include <vector>

#include "conformance/runner/stored_case.h"

namespace inlay::conformance {

/// Prints a line per case and instruction set (portable, then each guest): bytes of data and allocations of all nodes, their
/// largest scratch, the CRC-32C of both. Every processor must print the same. Returns how many cases leave addresses or garbage.
int print_prepared(const std::vector<StoredOp>& ops);

}  // namespace inlay::conformance
